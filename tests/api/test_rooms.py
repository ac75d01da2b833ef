from urllib.parse import quote

import pytest

from privatemessages import actions, history
from privatemessages.models import Thread
from tests.api.conftest import refusal
from tests.messenger import place_of


def test_the_directory_is_what_history_says(as_dave, dave, bob, room, private_room, be_there):
    be_there(room, bob)
    response = as_dave.get("rooms")

    assert response.status_code == 200
    assert response.json() == history.rooms(dave).model_dump()
    (card,) = response.json()["rooms"]
    assert (card["slug"], card["member_count"], card["is_member"]) == ("kitchen", 3, False)
    assert card["present"] == 1


def test_a_private_room_is_listed_for_its_members_alone(as_carol, room, private_room):
    listed = {card["slug"]: card["is_member"] for card in as_carol.get("rooms").json()["rooms"]}
    assert listed == {"kitchen": True, "cellar": True}


def test_the_directory_is_paged_and_searched(as_dave, alice, room):
    for name in ("Garden", "Garage"):
        actions.make_room(alice, name)

    first = as_dave.get("rooms", limit=2).json()
    second = as_dave.get("rooms", limit=2, before=first["next"]).json()
    slugs = [card["slug"] for card in first["rooms"] + second["rooms"]]
    assert slugs == ["kitchen", "garage", "garden"]
    assert second["next"] is None
    found = as_dave.get("rooms", query="GAR").json()["rooms"]
    assert {card["slug"] for card in found} == {"garden", "garage"}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"before": "none"}, {"before": 1}])
def test_a_page_of_the_directory_that_is_none_is_malformed(as_dave, query):
    assert refusal(as_dave.get("rooms", **query)) == (400, "malformed")


def test_the_directory_is_there_without_redis(as_dave, room, redis_server):
    redis_server.kill()
    try:
        (card,) = as_dave.get("rooms").json()["rooms"]
        assert card["present"] is None
    finally:
        redis_server.start()


@pytest.mark.parametrize(
    ("name", "writings"),
    [
        ("Kitchen", ["kitchen", "KITCHEN", "Ｋｉｔｃｈｅｎ", "kitchen!", "kit\u200dchen"]),
        ("Café Größe", ["café-größe", "CAFÉ GRÖSSE", "cafe\u0301 gro\u0308ße", "Cafe\u0301-Größe"]),
        ("Кухня", ["кухня", "КУХНЯ", "Кухня"]),
    ],
)
def test_a_room_is_found_however_its_name_is_written(as_dave, alice, name, writings):
    made = actions.make_room(alice, name)

    for writing in [*writings, made.slug, name]:
        door = as_dave.get(f"rooms/{quote(writing)}")
        assert door.status_code == 200, writing
        assert (door.json()["id"], door.json()["slug"]) == (made.id, made.slug)


def test_of_a_private_room_only_the_name_is_seen(as_dave, alice, private_room):
    actions.set_topic(alice, private_room.id, "A secret")
    door = as_dave.get("rooms/cellar")

    assert door.status_code == 200
    content = door.json()
    assert (content["title"], content["is_public"]) == ("Cellar", False)
    assert (content["topic"], content["member_count"], content["may_enter"]) == ("", None, False)
    assert "secret" not in door.content.decode()


def test_one_enters_once(as_dave, dave, room):
    came = as_dave.post("rooms/KITCHEN/enter")
    again = as_dave.post("rooms/kitchen/enter")

    assert (came.status_code, again.status_code) == (201, 200)
    assert came.json() == again.json() == history.thread(dave, room.id).model_dump()
    assert came.json()["member_count"] == 4
    assert place_of(dave, room).left_at is None


def test_a_private_room_lets_nobody_enter(as_dave, private_room):
    assert refusal(as_dave.post("rooms/cellar/enter")) == (403, "private")


def test_neither_a_group_nor_a_deleted_room_has_an_address(as_dave, as_alice, alice, group, room):
    actions.delete_thread(alice, room.id)

    for name in ("friends", "kitchen", str(group.id)):
        assert refusal(as_dave.get(f"rooms/{name}")) == (404, "not_found")
        assert refusal(as_dave.post(f"rooms/{name}/enter")) == (404, "not_found")
    assert as_alice.post("threads", {"kind": "room", "title": "Kitchen"}).status_code == 201
    assert Thread.objects.filter(slug="kitchen").count() == 1
