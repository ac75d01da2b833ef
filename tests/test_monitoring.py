from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from privatemessages import actions, protocol, wiring
from privatemessages.broker import keys
from privatemessages.times import milliseconds
from tests.messenger import entry

PARTITIONS = 16

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_broker(redis_server):
    wiring.broker.cache_clear()
    yield
    wiring.broker.cache_clear()


@pytest.fixture
def redis_away(settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture
def database_away():
    def fail(*args):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(fail):
        yield


def figures(client):
    text = client.get("/metrics").content.decode()
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def lay(redis_server, key, thread, person, text="hello", **fields):
    """An entry of a stream, as a worker lays it there."""
    sender = protocol.Sender(id=str(person.pk), name="somebody")
    now = milliseconds(timezone.now())
    frame = protocol.MessageFrame(
        thread=thread.id, sender=sender, id=str(uuid4()), text=text, sent_at=now
    )
    fields = {"thread": thread.id, "frame": protocol.encode(frame)} | fields
    with redis_server.client() as client:
        client.xadd(key(thread.id % PARTITIONS), fields)


def test_the_process_answers_whatever_is_away(client, redis_away, database_away):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_ready_when_everything_is(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"database": "ok", "redis": "ok"})


def test_what_failed_is_named(client, redis_away):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "ok", "redis": "failed"}


def test_a_database_that_is_away_is_named_too(client, database_away):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "failed", "redis": "ok"}


def test_what_is_saved_is_counted(client, alice, thread):
    name = 'privatemessages_batched_total{status="%s"}'
    before = figures(client)
    spoken = entry(thread, alice)
    actions.save_batch([spoken, spoken, entry(thread, alice, "")])

    after = figures(client)
    for status in ("stored", "duplicate", "refused"):
        assert after[name % status] - before.get(name % status, 0) == 1


def test_the_outbox_is_measured_at_each_scrape(client, redis_server, alice, thread):
    empty = figures(client)
    assert empty["privatemessages_redis_up"] == 1
    assert empty["privatemessages_outbox_waiting"] == 0
    assert empty["privatemessages_outbox_oldest_seconds"] == 0

    lay(redis_server, keys.outbox, thread, alice)
    filled = figures(client)
    assert filled["privatemessages_outbox_waiting"] == 1
    assert 0 <= filled["privatemessages_outbox_oldest_seconds"] < 60
    assert filled["privatemessages_outbox_set_aside"] == 0


def test_without_redis_there_are_no_figures_of_the_outbox(client, redis_away):
    away = figures(client)

    assert away["privatemessages_redis_up"] == 0
    assert "privatemessages_outbox_waiting" not in away


def test_figures_are_not_for_the_world(client):
    response = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.1"})

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
