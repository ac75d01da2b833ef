"""What is stored while Redis is away."""

import pytest

from privatemessages import actions, wiring
from privatemessages.retries import INTERVAL
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def away(settings, told):
    """Ends when it is called."""
    usual = settings.PRIVATEMESSAGES

    def use(url):
        settings.PRIVATEMESSAGES = usual | {"REDIS_URL": url}
        wiring.broker.cache_clear()

    use(NOWHERE)
    yield lambda: use(usual["REDIS_URL"])
    use(usual["REDIS_URL"])


def test_who_was_removed_is_cut_off_once_it_is_back(alice, bob, group, told, away):
    actions.remove_member(alice, group.id, bob)
    assert told.frames() == []

    away()

    assert eventually(lambda: not wiring.untold()._waiting, INTERVAL * 10)
    assert told.frames(1) == [
        (f"pm:user:{bob.pk}", {"type": "removed", "thread": group.id}),
    ]


def test_a_session_that_ended_is_closed_once_it_is_back(alice, told, away):
    actions.end_session(alice.pk, "a" * 32)
    away()
    assert len(told.of("session_ended")) == 1


def test_a_message_is_found_by_its_version_instead(alice, thread, told, away):
    actions.send_message(alice, thread.id, "hello")
    assert not wiring.untold()._waiting
    away()
    assert told.frames() == []
