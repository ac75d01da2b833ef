from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from privatemessages.broker import keys
from tests.test_monitoring import fresh_broker, lay, redis_away  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def outbox():
    output = StringIO()
    call_command("outbox", stdout=output)
    return output.getvalue().splitlines()


def test_an_empty_outbox_is_said_to_be_one():
    assert outbox() == ["0 waiting", "0 set aside"]


def test_what_waits_is_counted_with_its_age(redis_server, alice, thread):
    for _ in range(2):
        lay(redis_server, keys.outbox, thread, alice)

    waiting, dead = outbox()
    assert waiting.startswith("2 waiting, the oldest for ")
    assert dead == "0 set aside"


def test_what_was_set_aside_is_listed_without_what_was_written(redis_server, alice, thread):
    lay(redis_server, keys.dead, thread, alice, "private", reason="Django answered 500")

    waiting, dead, listed = outbox()
    assert (waiting, dead) == ("0 waiting", "1 set aside")
    assert f"{thread.id}:{alice.pk}:" in listed
    assert "Django answered 500" in listed
    assert "private" not in listed


def test_an_entry_that_cannot_be_read_is_listed_too(redis_server):
    with redis_server.client() as client:
        fields = {"thread": 7, "frame": "{}", "reason": "Django answered 400"}
        client.xadd(keys.dead(7), fields)

    assert any("7:unreadable" in line for line in outbox())


def test_without_redis_it_says_so(redis_away):  # noqa: F811 - the fixture
    with pytest.raises(CommandError, match="Redis cannot be reached"):
        outbox()
