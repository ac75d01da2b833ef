from uuid import uuid4

import pytest

from privatemessages import conf, history
from privatemessages.models import Member, Record, Thread
from privatemessages.names import NAME_LIMIT
from tests.api.conftest import refusal
from tests.messenger import make_people, place_of, write


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


def test_the_inbox_is_paged(as_alice, alice, carol, thread):
    write(alice, thread, "old")
    new = as_alice.post("threads", {"user": "carol"}).json()
    as_alice.post(f"threads/{new['id']}/messages", {"id": str(uuid4()), "text": "new"})

    first = as_alice.get("threads", limit=1).json()
    second = as_alice.get("threads", limit=1, before=first["next"]).json()
    assert [card["title"] for card in first["threads"] + second["threads"]] == ["carol", "bob"]
    assert second["next"] is None


def test_the_inbox_is_searched(as_alice, bob, carol, thread, group):
    write(bob, thread, "hello")
    write(carol, group, "hello")
    as_alice.post(f"threads/{thread.id}/read", {"seq": 1})

    def titles(**query):
        return [card["title"] for card in as_alice.get("threads", **query).json()["threads"]]

    assert titles(query="b") == ["bob"]
    assert titles(query="rien") == ["Friends"]
    assert titles(unread="true") == ["Friends"]
    assert titles(unread="false") == ["Friends", "bob"]
    assert refusal(as_alice.get("threads", query="x" * 151)) == (400, "malformed")
    assert refusal(as_alice.get("threads", unread="perhaps")) == (400, "malformed")


def test_a_thread_is_marked_and_silenced(as_alice, as_bob, thread):
    def chosen(client):
        card = client.get(f"threads/{thread.id}").json()
        return card["marked_unread"], card["silent"]

    assert as_alice.post(f"threads/{thread.id}/unread").status_code == 204
    assert as_alice.put(f"threads/{thread.id}/silence", None).status_code == 204
    assert (chosen(as_alice), chosen(as_bob)) == ((True, True), (False, False))

    assert as_alice.post(f"threads/{thread.id}/read", {"seq": 0}).json() == {"seq": 0}
    assert chosen(as_alice) == (False, True)
    assert as_alice.delete(f"threads/{thread.id}/silence").status_code == 204
    assert chosen(as_alice) == (False, False)


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
        ({"kind": "party", "user": "bob"}, (400, "malformed")),
        ({"kind": None, "user": "bob"}, (400, "malformed")),
        ({"kind": ["direct"], "user": "bob"}, (400, "malformed")),
        ([], (400, "malformed")),
        (None, (400, "malformed")),
    ],
)
def test_a_thread_with_nobody_is_not_made(as_alice, bob, django_user_model, wanted, expected):
    django_user_model.objects.create(username="inactive", is_active=False)

    assert refusal(as_alice.post("threads", wanted)) == expected
    assert not Thread.objects.exists()


@pytest.mark.parametrize("query", [{"before": "none"}, {"limit": "x"}, {"limit": 1000}])
def test_a_page_of_the_inbox_that_is_none_is_malformed(as_alice, query):
    assert refusal(as_alice.get("threads", **query)) == (400, "malformed")


def test_a_group_is_made_of_names_and_ids(as_alice, alice, bob, carol, dave):
    wanted = {"kind": "group", "title": " Our  walk ", "people": ["bob", "Dave", "alice"]}
    response = as_alice.post("threads", wanted | {"people_ids": [str(carol.pk), str(bob.pk)]})

    assert response.status_code == 201
    card = response.json()
    assert card == history.thread(alice, card["id"]).model_dump()
    assert (card["kind"], card["title"], card["role"]) == ("group", "Our walk", "owner")
    assert (card["member_count"], card["shows_past"]) == (4, False)
    members = Member.objects.filter(thread_id=card["id"])
    assert {member.user for member in members} == {alice, bob, carol, dave}


def test_a_group_may_show_what_was_before(as_alice, bob):
    wanted = {"kind": "group", "title": "Walk", "people": ["bob"], "shows_past": True}
    assert as_alice.post("threads", wanted).json()["shows_past"] is True


def test_a_room_is_made(as_alice):
    made = as_alice.post("threads", {"kind": "room", "title": "The Kitchen", "topic": "Soup"})

    assert made.status_code == 201
    card = made.json()
    assert (card["kind"], card["slug"], card["topic"]) == ("room", "the-kitchen", "Soup")
    assert (card["is_public"], card["shows_past"]) == (True, True)

    hidden = {"kind": "room", "title": "Cellar", "public": False, "shows_past": False}
    card = as_alice.post("threads", hidden).json()
    assert (card["is_public"], card["shows_past"]) == (False, False)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("kitchen", (409, "name_taken")),
        ("\uff2bITCHEN!", (409, "name_taken")),
        ("", (400, "bad_name")),
        ("  ", (400, "bad_name")),
        ("?!", (400, "bad_name")),
        ("a\x00b", (400, "bad_name")),
        ("a\u202eb", (400, "bad_name")),
        ("a\ud800b", (400, "bad_name")),
        ("x" * (NAME_LIMIT + 1), (400, "name_too_long")),
        ("x" * 1000, (400, "name_too_long")),
        (5, (400, "malformed")),
        (None, (400, "malformed")),
    ],
)
def test_a_room_of_a_bad_name_is_not_made(as_dave, room, title, expected):
    assert refusal(as_dave.post("threads", {"kind": "room", "title": title})) == expected
    assert Thread.objects.count() == 1


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [
        ({"title": ""}, (400, "bad_name")),
        ({"title": "x" * 1000}, (400, "name_too_long")),
        ({"people": ["bob", "nobody"]}, (404, "not_found")),
        ({"people": ["inactive"]}, (404, "not_found")),
        ({"people": ["bob\x00"]}, (404, "not_found")),
        ({"people_ids": ["bob"]}, (404, "not_found")),
        ({"people_ids": [str(2**70)]}, (404, "not_found")),
        ({"people_ids": [5]}, (400, "malformed")),
        ({"people": "bob"}, (400, "malformed")),
        ({"shows_past": "yes"}, (400, "malformed")),
        ({"shows_past": 1}, (400, "malformed")),
    ],
)
def test_a_group_that_cannot_be_is_not_made(as_alice, bob, django_user_model, spoilt, expected):
    django_user_model.objects.create(username="inactive", is_active=False)
    wanted = {"kind": "group", "title": "Walk", "people": ["bob"]} | spoilt

    assert refusal(as_alice.post("threads", wanted)) == expected
    assert not Thread.objects.exists()


def test_a_group_of_too_many_is_not_made(as_alice, bob, settings):
    settings.PRIVATEMESSAGES = {**settings.PRIVATEMESSAGES, "GROUP_LIMIT": 10}
    people = [str(person.pk) for person in make_people(10)]
    wanted = {"kind": "group", "title": "Walk"}

    assert refusal(as_alice.post("threads", wanted | {"people_ids": people})) == (409, "full")
    assert as_alice.post("threads", wanted | {"people_ids": people[:9]}).status_code == 201


def test_far_too_many_names_are_not_even_looked_for(
    as_alice, django_assert_num_queries, redis_server
):
    as_alice.get("threads")
    names = [f"name{n}" for n in range(conf.load().GROUP_LIMIT + 1)]
    with django_assert_num_queries(1):  # the person
        response = as_alice.post("threads", {"kind": "group", "title": "Walk", "people": names})
    assert refusal(response) == (409, "full")


def test_a_room_is_changed(as_alice, alice, room):
    change = {"title": "Pantry", "topic": "Jam", "public": False, "shows_past": False}
    response = as_alice.patch(f"threads/{room.id}", change)

    assert (response.status_code, response.content) == (204, b"")
    card = history.thread(alice, room.id)
    assert (card.title, card.slug, card.topic) == ("Pantry", "pantry", "Jam")
    assert (card.is_public, card.shows_past) == (False, False)


def test_what_is_left_out_or_null_stays(as_alice, alice, room):
    before = history.thread(alice, room.id)
    assert as_alice.patch(f"threads/{room.id}", {"topic": "Jam", "title": None}).status_code == 204

    after = history.thread(alice, room.id)
    assert (before.topic, after.topic) == ("", "Jam")
    assert (after.title, after.is_public) == (before.title, before.is_public)


@pytest.mark.parametrize("change", [{}, {"title": None}, {"colour": "red"}])
def test_a_change_of_nothing_is_none(as_alice, room, change):
    assert refusal(as_alice.patch(f"threads/{room.id}", change)) == (400, "malformed")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": "?"}, (400, "bad_name")),
        ({"title": "x" * 1000}, (400, "name_too_long")),
        ({"topic": "x" * 1000}, (400, "name_too_long")),
        ({"topic": "a\x00b"}, (400, "bad_name")),
        ({"public": "no"}, (400, "malformed")),
        ({"shows_past": 0}, (400, "malformed")),
    ],
)
def test_a_bad_change_is_none(as_alice, room, change, expected):
    assert refusal(as_alice.patch(f"threads/{room.id}", change)) == expected


def test_of_a_change_all_is_done_or_nothing(as_bob, bob, as_alice, alice, room, group):
    """A moderator may set the topic of a room, and not its name; a group is never public."""
    change = {"topic": "Jam", "public": True, "title": "Jam", "shows_past": True}

    assert refusal(as_bob.patch(f"threads/{room.id}", change)) == (403, "forbidden")
    assert refusal(as_alice.patch(f"threads/{group.id}", change)) == (403, "forbidden")
    for thread in (room, group):
        assert history.thread(alice, thread.id).title == thread.title
        assert history.thread(alice, thread.id).topic == ""
    assert not Record.objects.filter(act="set_topic").exists()


def test_a_thread_is_closed_and_opened_again(as_alice, as_carol, group):
    def closed():
        card = as_carol.get(f"threads/{group.id}").json()
        assert card["may_post"] is not card["closed"]
        return card["closed"]

    for _ in range(2):
        assert as_alice.post(f"threads/{group.id}/close").status_code == 204
        assert closed()
    for _ in range(2):
        assert as_alice.post(f"threads/{group.id}/reopen").status_code == 204
        assert not closed()


def test_a_history_is_cleared(as_alice, as_carol, bob, group):
    write(bob, group, "one", "two")
    assert as_alice.post(f"threads/{group.id}/clear").status_code == 204

    page = as_carol.get(f"threads/{group.id}/messages").json()
    assert [message["event"]["code"] for message in page["messages"]] == ["cleared"]
    assert page["cleared"] > 0


def test_a_thread_is_left(as_carol, carol, group):
    assert as_carol.post(f"threads/{group.id}/leave").status_code == 204

    assert place_of(carol, group).left_at is not None
    assert refusal(as_carol.post(f"threads/{group.id}/leave")) == (404, "not_found")


def test_a_thread_is_deleted(as_alice, as_bob, group):
    assert as_alice.delete(f"threads/{group.id}").status_code == 204

    for client in (as_alice, as_bob):
        assert client.get("threads").json()["threads"] == []
        assert refusal(client.delete(f"threads/{group.id}")) == (404, "not_found")


ABOVE_A_MEMBER = ["close", "reopen", "clear"]


@pytest.mark.parametrize("act", ABOVE_A_MEMBER)
def test_a_member_may_not(as_carol, group, act):
    assert refusal(as_carol.post(f"threads/{group.id}/{act}")) == (403, "forbidden")
    assert refusal(as_carol.delete(f"threads/{group.id}")) == (403, "forbidden")
    assert not Record.objects.filter(actor_name="carol").exists()


@pytest.mark.parametrize("act", [*ABOVE_A_MEMBER, "leave"])
def test_nothing_of_it_is_for_two(as_alice, thread, act):
    for response in (
        as_alice.post(f"threads/{thread.id}/{act}"),
        as_alice.patch(f"threads/{thread.id}", {"title": "We"}),
        as_alice.delete(f"threads/{thread.id}"),
    ):
        assert refusal(response) == (403, "forbidden")
    assert as_alice.get(f"threads/{thread.id}").json()["title"] == "bob"


def test_staff_administer_without_belonging_and_read_nothing(as_staff, alice, group):
    write(alice, group, "between us")

    assert as_staff.patch(f"threads/{group.id}", {"title": "Renamed"}).status_code == 204
    assert as_staff.post(f"threads/{group.id}/close").status_code == 204
    assert as_staff.get(f"threads/{group.id}/bans").status_code == 200
    for part in ("", "/messages", "/changes?since=0", "/members"):
        assert refusal(as_staff.get(f"threads/{group.id}{part}")) == (404, "not_found")
    assert history.thread(alice, group.id).title == "Renamed"
    assert as_staff.delete(f"threads/{group.id}").status_code == 204
    assert Record.objects.get(act="delete").actor_name == "staff"
