import time

import pytest

from privatemessages import actions
from privatemessages.broker import presence
from tests.api.conftest import refusal

SEEN_AT = 1_700_000_000_000  # ms since 1970


@pytest.fixture
def bob_is_here(redis_server, bob, carol):
    """Carol was."""
    fields = {presence.of_person(str(bob.pk)): [str(bob.pk)]}
    told = presence.tell("worker", fields, int(time.time() * 1000), 30_000, afresh=True)
    with redis_server.client() as store:
        for command in [*told, *presence.note_seen({str(carol.pk): SEEN_AT}, SEEN_AT)]:
            store.execute_command(*command)


def test_it_tells_of_several_threads_at_once(bob_is_here, as_alice, alice, carol, thread, group):
    other, _ = actions.start_direct_thread(alice, carol)
    answer = as_alice.get("presence", threads=f"{thread.id},{other.id},{group.id}")
    assert answer.json() == {
        "presence": {
            str(thread.id): {"here": True, "seen_at": None},
            str(other.id): {"here": False, "seen_at": SEEN_AT},
        }
    }
    assert as_alice.get(f"threads/{thread.id}").json()["presence"]["here"]


def test_it_tells_strangers_and_those_who_hide_nothing(
    bob_is_here, as_alice, as_carol, alice, thread
):
    assert as_carol.get("presence", threads=str(thread.id)).json() == {"presence": {}}
    actions.set_preferences(alice, shows_presence=False)
    assert as_alice.get("presence", threads=str(thread.id)).json() == {"presence": {}}


def test_a_hundred_are_the_most(as_alice, thread):
    many = ",".join(map(str, range(100)))
    assert as_alice.get("presence", threads=many).status_code == 200
    assert refusal(as_alice.get("presence", threads=f"{many},100")) == (400, "malformed")


@pytest.mark.parametrize(
    "query",
    ["", ",", "1,", ",1", "1,,2", "a", "1;2", "-1", "1.0", "٣", "1\n", " 1", "9" * 20, "\x00"],
)
def test_what_is_no_list_of_numbers_is_refused(as_alice, query):
    assert refusal(as_alice.get("presence", threads=query)) == (400, "malformed")


def test_it_has_to_be_said_of_which(as_alice):
    assert refusal(as_alice.get("presence")) == (400, "malformed")


def test_without_redis_it_knows_nothing(as_alice, thread, redis_server):
    redis_server.stop()
    answer = as_alice.get("presence", threads=str(thread.id))
    assert (answer.status_code, answer.json()) == (200, {"presence": {}})
