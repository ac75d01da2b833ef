from uuid import uuid4

import pytest

from privatemessages import history
from privatemessages.models import Member, Message, Thread
from tests.api.conftest import refusal
from tests.messenger import write

NONE_OF_MINE = [0, 10**6, 2**63 - 1, 2**63, 2**70]


def test_the_inbox_is_what_history_says(as_alice, alice, bob, thread):
    write(bob, thread, "hello")
    response = as_alice.get("threads")

    assert response.status_code == 200
    assert response.json() == history.inbox(alice).model_dump()
    (card,) = response.json()["threads"]
    assert card["last_message"]["text"] == "hello"
    assert {"id", "kind", "title", "people", "version", "read", "unread", "last_message"} <= set(
        card
    )


@pytest.mark.parametrize("path", ["threads", "threads/{}", "threads/{}/messages", "threads/0"])
def test_what_is_private_is_kept_by_no_cache(as_alice, thread, path):
    response = as_alice.get(path.format(thread.id))
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))


def test_the_inbox_is_paged(as_alice, alice, carol, thread):
    write(alice, thread, "old")
    as_alice.post("threads", {"user": "carol"})

    first = as_alice.get("threads", limit=1).json()
    second = as_alice.get("threads", limit=1, before=first["next"]).json()
    assert [card["title"] for card in first["threads"] + second["threads"]] == ["carol", "bob"]
    assert second["next"] is None


def test_a_thread_is_made_once_and_then_found(as_alice, as_bob, alice, bob):
    made = as_alice.post("threads", {"kind": "direct", "user": "bob"})
    found = as_bob.post("threads", {"user_id": str(alice.pk)})

    assert (made.status_code, found.status_code) == (201, 200)
    assert made.json()["id"] == found.json()["id"]
    assert (made.json()["title"], found.json()["title"]) == ("bob", "alice")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"user": "alice"}, (400, "to_self")),
        ({"user": "nobody"}, (404, "not_found")),
        ({"user": ""}, (404, "not_found")),
        ({"user": "bob\x00"}, (404, "not_found")),
        ({"user": "inactive"}, (404, "not_found")),
        ({"user_id": "none"}, (404, "not_found")),
        ({"user": "bob\ud800"}, (404, "not_found")),
        ({"user": 5}, (400, "malformed")),
        ({"user": ["bob"]}, (400, "malformed")),
        ({"kind": "direct"}, (400, "malformed")),
        ({"kind": "room", "user": "bob"}, (400, "malformed")),
        ([], (400, "malformed")),
        (None, (400, "malformed")),
    ],
)
def test_a_thread_with_nobody_is_not_made(as_alice, bob, django_user_model, wanted, expected):
    django_user_model.objects.create(username="inactive", is_active=False)

    assert refusal(as_alice.post("threads", wanted)) == expected
    assert not Thread.objects.exists()


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


@pytest.mark.parametrize("query", [{"before": "none"}, {"limit": "x"}, {"limit": 1000}])
def test_a_page_of_the_inbox_that_is_none_is_malformed(as_alice, query):
    assert refusal(as_alice.get("threads", **query)) == (400, "malformed")


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


@pytest.mark.parametrize("thread_id", NONE_OF_MINE)
def test_what_does_not_exist_is_not_found(as_alice, thread_id):
    assert_nothing_there(as_alice, thread_id)


def test_what_is_not_mine_is_not_found_either(as_carol, alice, thread):
    write(alice, thread, "private")

    assert_nothing_there(as_carol, thread.id)
    assert Message.objects.count() == 1


def assert_nothing_there(client, thread_id):
    one = f"threads/{thread_id}"
    details = set()
    for response in (
        client.get(one),
        client.get(f"{one}/messages"),
        client.get(f"{one}/changes", since=0),
        client.post(f"{one}/messages", {"id": str(uuid4()), "text": "let me in"}),
        client.post(f"{one}/read", {"seq": 1}),
    ):
        assert refusal(response) == (404, "not_found")
        details.add(response.json()["detail"])
    assert len(details) == 1


def test_pages_take_a_fixed_number_of_queries(
    as_alice, alice, bob, thread, django_assert_num_queries
):
    """Two for the session as the tests have it, and the person; the rest is `history`'s."""
    for texts in (["one"], ["text"] * 30):
        write(bob, thread, *texts)
        as_alice.get("threads")
        counts = {}
        for path in ("threads", f"threads/{thread.id}", f"threads/{thread.id}/messages"):
            with django_assert_num_queries(4, exact=False) as queries:
                assert as_alice.get(path).status_code == 200
            counts[path] = len(queries)
        assert min(counts.values()) >= 3
