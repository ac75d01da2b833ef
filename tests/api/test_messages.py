from uuid import uuid4

import pytest

from privatemessages import history
from privatemessages.models import Member, Message
from tests.api.conftest import refusal
from tests.messenger import write


def test_one_thread_and_its_history(as_alice, alice, bob, thread):
    write(bob, thread, "one", "two", "three")
    one = f"threads/{thread.id}"

    assert as_alice.get(one).json() == history.thread(alice, thread.id).model_dump()
    newest = as_alice.get(f"{one}/messages").json()
    assert newest == history.messages(alice, thread.id).model_dump()
    assert [message["seq"] for message in newest["messages"]] == [1, 2, 3]
    for cursor, expected in [("before", [1]), ("after", [3]), ("around", [2])]:
        page = as_alice.get(f"{one}/messages", limit=1, **{cursor: 2}).json()
        assert [message["seq"] for message in page["messages"]] == expected


def test_changes_since_a_version(as_alice, bob, thread):
    write(bob, thread, "one", "two")
    response = as_alice.get(f"threads/{thread.id}/changes", since=1)

    assert response.status_code == 200
    content = response.json()
    assert [message["text"] for message in content["messages"]] == ["two"]
    assert (content["version"], content["complete"]) == (2, True)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "many"},
        {"before": "none"},
        {"before": -1},
        {"before": 2**63},
        {"after": 1.5},
        {"before": 1, "after": 1},
    ],
)
def test_a_cursor_that_is_none_is_malformed(as_alice, thread, query):
    assert refusal(as_alice.get(f"threads/{thread.id}/messages", **query)) == (400, "malformed")


@pytest.mark.parametrize(
    "query", [{}, {"since": ""}, {"since": "none"}, {"since": -1}, {"since": "1e3"}]
)
def test_a_since_that_is_none_is_malformed(as_alice, thread, query):
    assert refusal(as_alice.get(f"threads/{thread.id}/changes", **query)) == (400, "malformed")


def test_a_message_is_stored_once_and_then_found(as_alice, as_bob, thread):
    new = {"id": str(uuid4()), "text": " hello "}
    stored = as_alice.post(f"threads/{thread.id}/messages", new)
    again = as_alice.post(f"threads/{thread.id}/messages", new)

    assert (stored.status_code, again.status_code) == (201, 200)
    assert stored.json() == again.json()
    assert (stored.json()["text"], stored.json()["seq"], stored.json()["version"]) == (
        "hello",
        1,
        1,
    )
    assert stored.json() == as_bob.get(f"threads/{thread.id}/messages").json()["messages"][0]

    answer = {"id": str(uuid4()), "text": "hi", "reply_to": 1}
    assert as_bob.post(f"threads/{thread.id}/messages", answer).json()["reply_to"] == 1


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [
        ({"text": ""}, (400, "empty")),
        ({"text": "x" * 10_001}, (400, "too_long")),
        ({"text": "a\x00b"}, (400, "bad_text")),
        ({"text": "a\ud800b"}, (400, "bad_text")),
        ({"text": 5}, (400, "malformed")),
        ({"text": None}, (400, "malformed")),
        ({"id": "none"}, (400, "malformed")),
        ({"id": 5}, (400, "malformed")),
        ({"id": str(uuid4()).upper()}, (400, "malformed")),
        ({"reply_to": 0}, (400, "malformed")),
        ({"reply_to": 7}, (400, "malformed")),
        ({"reply_to": "1"}, (400, "malformed")),
    ],
)
def test_a_message_that_cannot_be_stored_is_refused(as_alice, thread, spoilt, expected):
    new = {"id": str(uuid4()), "text": "hello"} | spoilt

    assert refusal(as_alice.post(f"threads/{thread.id}/messages", new)) == expected
    assert not Message.objects.exists()


def test_nobody_writes_to_somebody_inactive(as_alice, bob, thread):
    bob.is_active = False
    bob.save()
    response = as_alice.post(f"threads/{thread.id}/messages", {"id": str(uuid4()), "text": "hello"})

    assert refusal(response) == (403, "may_not_post")
    assert as_alice.get(f"threads/{thread.id}").json()["may_post"] is False


def test_reading_is_marked_and_answered_with_the_mark(as_bob, alice, bob, thread):
    write(alice, thread, "one", "two")

    for seq, expected in [(1, 1), (57, 2), (0, 2)]:
        response = as_bob.post(f"threads/{thread.id}/read", {"seq": seq})
        assert (response.status_code, response.json()) == (200, {"seq": expected})
    assert Member.objects.get(user=bob).read_seq == 2


@pytest.mark.parametrize("mark", [{}, {"seq": "1"}, {"seq": -1}, {"seq": 2**63}, {"seq": None}, 1])
def test_a_mark_that_is_none_is_malformed(as_bob, thread, mark):
    assert refusal(as_bob.post(f"threads/{thread.id}/read", mark)) == (400, "malformed")


def test_a_slash_is_taken_literally(as_carol, group):
    new = {"id": str(uuid4()), "text": "/leave"}

    assert as_carol.post(f"threads/{group.id}/messages", new).json()["text"] == "/leave"
    assert as_carol.get(f"threads/{group.id}").status_code == 200


def test_a_muted_one_reads_and_does_not_write(as_alice, as_carol, carol, group):
    assert as_alice.put(f"threads/{group.id}/mutes/{carol.pk}", {"seconds": 60}).status_code == 204
    response = as_carol.post(f"threads/{group.id}/messages", {"id": str(uuid4()), "text": "hello"})

    assert refusal(response) == (403, "may_not_post")
    assert as_carol.get(f"threads/{group.id}/messages").status_code == 200
