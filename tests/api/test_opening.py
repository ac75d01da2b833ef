import pytest

from privatemessages import actions, history
from tests.api.conftest import refusal
from tests.messenger import write

pytestmark = pytest.mark.django_db


def test_a_thread_is_opened_with_its_commands(as_bob, alice, bob, group):
    write(alice, group, "one", "two")

    opened = as_bob.get(f"threads/{group.id}/opening").json()
    offered = opened.pop("commands")
    assert opened == history.opening(bob, group.id).model_dump()
    assert opened["messages"][-2]["seq"] == opened["first_unread"]
    takes_member = {command["name"]: command["takes_member"] for command in offered}
    assert (takes_member["kick"], takes_member["me"]) == (True, False)


def test_a_thread_is_opened_at_a_place(as_alice, alice, thread):
    write(alice, thread, *map(str, range(60)))

    opened = as_alice.get(f"threads/{thread.id}/opening", at=3).json()
    assert (opened["messages"][0]["seq"], opened["is_oldest"], opened["is_newest"]) == (
        1,
        True,
        False,
    )
    refused = as_alice.get(f"threads/{thread.id}/opening", at=-1)
    assert refusal(refused) == (400, "malformed")


def test_heads_are_told_as_in_hello(as_alice, alice, bob, thread, group):
    write(bob, thread, "one", "two")
    actions.mark_read(alice, thread.id, 1)

    told = as_alice.get("heads").json()
    places = history.heads(alice.pk)
    assert told["user"] == {"id": str(alice.pk), "name": "alice"}
    assert told["threads"][str(thread.id)] == {"version": 2, "read": 1}
    assert (
        set(told["threads"])
        == {str(thread_id) for thread_id in places}
        == {
            str(thread.id),
            str(group.id),
        }
    )


def test_who_belongs_nowhere_has_no_heads(as_dave, dave, thread):
    assert as_dave.get("heads").json()["threads"] == {}
