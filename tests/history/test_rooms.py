from datetime import timedelta

import pytest

from privatemessages import actions, history, wiring
from privatemessages.errors import Malformed, NotFound
from privatemessages.models import Ban
from privatemessages.times import milliseconds
from tests.messenger import fill, make_people

HOUR = timedelta(hours=1)


@pytest.fixture
def no_redis(settings):
    address = {"REDIS_URL": "redis://127.0.0.1:1/0"}
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | address
    wiring.broker.cache_clear()
    yield
    wiring.broker.cache_clear()


@pytest.fixture
def here(monkeypatch):
    """Who is there, by thread; what Redis knows of it is tested with the broker."""
    present = {}
    monkeypatch.setattr(wiring.broker(), "present", lambda _: present)
    return present


def titles(page):
    return [card.title for card in page.rooms]


# The directory


@pytest.mark.usefixtures("here")
def test_the_directory_has_public_rooms_and_ones_own(
    room, private_room, group, thread, carol, dave
):
    assert titles(history.rooms(dave)) == ["Kitchen"]
    assert sorted(titles(history.rooms(carol))) == ["Cellar", "Kitchen"]


@pytest.mark.usefixtures("here")
def test_a_deleted_room_is_not_in_it_and_a_closed_one_is(room, private_room, alice, dave):
    actions.close_thread(alice, room.id)
    assert titles(history.rooms(dave)) == ["Kitchen"]

    actions.delete_thread(alice, room.id)
    assert titles(history.rooms(dave)) == []


def test_a_card_says_what_a_room_is(room, alice, bob, carol, dave, here):
    actions.set_topic(alice, room.id, "Soup")
    here[room.id] = {str(alice.pk), str(bob.pk)}

    (card,) = history.rooms(dave).rooms
    assert card.model_dump() == {
        "id": room.id,
        "slug": "kitchen",
        "title": "Kitchen",
        "topic": "Soup",
        "is_public": True,
        "member_count": 3,
        "present": 2,
        "is_member": False,
    }
    assert history.rooms(carol).rooms[0].is_member is True


def test_who_hides_that_they_are_here_is_not_counted_and_is_told_of_nobody(
    room, alice, bob, dave, here
):
    here[room.id] = {str(alice.pk), str(bob.pk)}
    actions.set_preferences(bob, shows_presence=False)

    assert [history.rooms(who).rooms[0].present for who in (dave, bob)] == [1, None]


@pytest.mark.usefixtures("no_redis")
def test_it_is_there_without_redis_too(room, dave):
    (card,) = history.rooms(dave).rooms

    assert card.present is None


@pytest.mark.usefixtures("here")
def test_the_largest_comes_first_and_nothing_is_lost_between_pages(alice, bob):
    rooms = [actions.make_room(alice, f"Room {n}") for n in range(9)]
    fill(rooms[3], make_people(2))
    fill(rooms[6], make_people(1, "other"))
    found, before = [], None
    for _ in range(4):
        page = history.rooms(bob, limit=3, before=before)
        found += titles(page)
        before = page.next
        if before is None:
            break

    assert found[:2] == ["Room 3", "Room 6"]
    assert sorted(found) == [f"Room {n}" for n in range(9)]
    assert before is None


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Café Noir", "Кухня"]),
        ("  ", ["Café Noir", "Кухня"]),
        ("cafe\u0301", ["Café Noir"]),
        ("ＮＯＩＲ", ["Café Noir"]),
        ("café, noir!", ["Café Noir"]),
        ("КУХ", ["Кухня"]),
        ("soup", ["Кухня"]),
        ("SOUP", ["Кухня"]),
        ("secret", []),
        ("nothing", []),
        ("%", []),
        ("?!", []),
        ("_", []),
        ("\x00", []),
        ("\ud800", []),
        ("x" * 1_000, []),
    ],
)
def test_rooms_are_sought_by_name_and_topic(alice, bob, query, found):
    actions.make_room(alice, "Café Noir")
    actions.make_room(alice, "Кухня", topic="All about soup")
    actions.make_room(alice, "Secret soup", topic="soup", is_public=False)

    assert sorted(titles(history.rooms(bob, query=query))) == found


@pytest.mark.parametrize(
    "options",
    [
        {"limit": 0},
        {"limit": 101},
        {"before": "none"},
        {"before": ""},
        {"before": "1"},
        {"before": "1-1\n"},
        {"before": "-1-1"},
        {"before": "1-" + "9" * 30},
    ],
)
def test_what_cannot_be_asked_is_refused(alice, options):
    with pytest.raises(Malformed):
        history.rooms(alice, **options)


@pytest.mark.usefixtures("here")
def test_the_directory_is_two_queries_however_many(alice, bob, django_assert_num_queries):
    for n in range(12):
        actions.make_room(alice, f"Room {n}")
        if n in {0, 11}:
            with django_assert_num_queries(2):
                assert len(history.rooms(bob).rooms) == n + 1


# Doors


@pytest.mark.parametrize(
    "address", ["kitchen", "Kitchen", "KITCHEN", "Ｋｉｔｃｈｅｎ", " kitchen? "]
)
def test_a_room_is_found_by_its_address_or_its_name_however_it_is_written(room, dave, address):
    assert history.room(dave, address).id == room.id


@pytest.mark.parametrize(
    "address", ["", "pantry", "friends", "?", "\x00", "\ud800", "x" * 1_000, "kitch%"]
)
def test_no_room_is_found_by_an_address_that_is_none(room, group, dave, address):
    with pytest.raises(NotFound):
        history.room(dave, address)


def test_a_public_room_is_seen_from_outside(room, alice, carol, dave):
    actions.set_topic(alice, room.id, "Soup")

    assert history.room(dave, "kitchen").model_dump() == {
        "id": room.id,
        "slug": "kitchen",
        "title": "Kitchen",
        "topic": "Soup",
        "is_public": True,
        "member_count": 3,
        "is_member": False,
        "may_enter": True,
        "is_banned": False,
        "banned_until": None,
        "has_asked": False,
    }
    assert history.room(carol, "kitchen").is_member is True


def test_of_a_private_room_the_name_alone_is_seen(private_room, alice, carol, dave):
    actions.set_topic(alice, private_room.id, "Wine")

    door = history.room(dave, "cellar")
    assert (door.title, door.topic, door.member_count) == ("Cellar", "", None)
    assert (door.is_public, door.may_enter, door.is_member) == (False, False, False)
    assert history.room(carol, "cellar").topic == "Wine"


def test_staff_see_and_may_enter_a_private_room(private_room, staff):
    door = history.room(staff, "cellar")

    assert (door.may_enter, door.is_member, door.member_count) == (True, False, 3)


def test_a_door_says_that_one_asked(private_room, alice, dave):
    actions.request_entry(dave, private_room.id)
    assert history.room(dave, "cellar").has_asked is True

    actions.decline_entry(alice, private_room.id, dave)
    assert history.room(dave, "cellar").has_asked is False


def test_a_door_says_to_a_banned_person_until_when(room, bob, carol, dave, clock):
    actions.ban(bob, room.id, carol)
    actions.ban(bob, room.id, dave, lasting=HOUR)

    door = history.room(carol, "kitchen")
    assert (door.is_banned, door.banned_until, door.may_enter) == (True, None, False)
    door = history.room(dave, "kitchen")
    until = milliseconds(Ban.objects.get(user=dave).until)
    assert (door.is_banned, door.banned_until, door.may_enter) == (True, until, False)
    clock.move(hours=2)
    door = history.room(dave, "kitchen")
    assert (door.is_banned, door.banned_until, door.may_enter) == (False, None, True)


def test_a_deleted_room_has_no_door(room, alice):
    actions.delete_thread(alice, room.id)

    with pytest.raises(NotFound):
        history.room(alice, "kitchen")


# Who is there now


def test_who_is_there_is_told_to_members(room, alice, bob, carol, dave, here):
    here[room.id] = {str(alice.pk), str(carol.pk)}

    found = history.present(bob, room.id)
    assert found.count == 2
    assert {person.name for person in found.people} == {"alice", "carol"}
    with pytest.raises(NotFound):
        history.present(dave, room.id)


def test_who_left_a_moment_ago_is_neither_named_nor_counted(room, alice, bob, carol, here):
    here[room.id] = {str(alice.pk), str(carol.pk), "nobody"}
    actions.leave(carol, room.id)

    found = history.present(bob, room.id)
    assert ([person.name for person in found.people], found.count) == (["alice"], 1)


@pytest.mark.usefixtures("here")
def test_where_nobody_is_nobody_is_told(room, bob):
    assert history.present(bob, room.id).model_dump() == {"count": 0, "people": []}


def test_at_most_a_hundred_are_named(room, bob, here):
    people = make_people(120)
    fill(room, people)
    here[room.id] = {str(person.pk) for person in people}

    found = history.present(bob, room.id)
    assert (found.count, len(found.people)) == (120, 100)
