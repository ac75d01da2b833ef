from datetime import timedelta

import pytest

from privatemessages import actions
from privatemessages.errors import (
    BadName,
    Banned,
    Forbidden,
    NameTaken,
    NameTooLong,
    NoSuchPerson,
    NotFound,
    Private,
)
from privatemessages.models import EntryRequest, Member, Message, Record, Thread
from privatemessages.roles import Role
from tests.actions.consistency import consistent
from tests.actions.test_groups import entries, roles_in
from tests.messenger import make_people, make_person, place_of, write

# Making


def test_whoever_makes_a_room_owns_it(alice):
    room = actions.make_room(alice, " The   Kitchen ", topic=" Soup ")

    assert (room.kind, room.title, room.slug, room.topic) == (
        "room",
        "The Kitchen",
        "the-kitchen",
        "Soup",
    )
    assert (room.is_public, room.shows_past) == (True, True)
    assert roles_in(room) == {"alice": "owner"}
    assert entries(room) == [("created", "alice", None, "The Kitchen")]
    consistent(room)


@pytest.mark.parametrize("name", ["Кухня", "हिन्दी", "ห้องนั่งเล่น", "غرفة المعيشة", "台所", "Straße"])
def test_names_in_any_language_are_welcome(alice, name):
    room = actions.make_room(alice, name)

    assert Thread.objects.get(slug=room.slug).title == name


@pytest.mark.parametrize(
    "name", ["kitchen", "KITCHEN", "Ｋｉｔｃｈｅｎ", " Kitchen! ", "kitchen?", "Kit\u200dchen"]
)
def test_a_name_that_is_taken_for_another_is_taken(room, alice, dave, name):
    before = Thread.objects.count()
    with pytest.raises(NameTaken):
        actions.make_room(dave, name)
    other = actions.make_room(alice, "Pantry")
    with pytest.raises(NameTaken):
        actions.rename(alice, other.id, name)

    assert Thread.objects.count() == before + 1
    assert Thread.objects.get(pk=other.pk).title == "Pantry"
    consistent(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Caf\u00e9", "Cafe\u0301"), ("Sta\ufb00", "staff"), ("İzmir", "i\u0307zmir"), ("ß", "SS")],
)
def test_forms_of_unicode_make_no_second_room(alice, bob, one, other):
    actions.make_room(alice, one)

    with pytest.raises(NameTaken):
        actions.make_room(bob, other)
    assert Thread.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", BadName),
        (" ", BadName),
        ("!!!", BadName),
        ("😀😀", BadName),
        ("❤\ufe0f", BadName),
        ("a\x00b", BadName),
        ("\ud800", BadName),
        ("a\u202eb", BadName),
        ("x" * 1_000, NameTooLong),
        ("ﷺ" * 60, NameTooLong),
    ],
)
def test_a_name_has_to_be_one(room, alice, name, error):
    with pytest.raises(error):
        actions.make_room(alice, name)
    with pytest.raises(error):
        actions.rename(alice, room.id, name)

    assert Thread.objects.get().slug == "kitchen"
    consistent(room)


def test_a_topic_has_to_be_one(alice):
    with pytest.raises(NameTooLong):
        actions.make_room(alice, "Kitchen", topic="x" * 251)
    with pytest.raises(BadName):
        actions.make_room(alice, "Kitchen", topic="a\x00b")

    assert not Thread.objects.exists()


# Entering


def test_anybody_enters_a_public_room(room, dave):
    entered, came = actions.enter_room(dave, room.id)

    assert (entered, came) == (room, True)
    assert roles_in(room)["dave"] == "member"
    assert entries(room)[-1] == ("joined", "dave", None, "")
    write(dave, room, "hello")
    consistent(room)


def test_who_is_in_enters_no_second_time(room, dave):
    actions.enter_room(dave, room.id)
    version = consistent(room).version

    assert actions.enter_room(dave, room.id) == (room, False)
    assert consistent(room).version == version


def test_a_private_room_is_entered_by_nobody(private_room, dave):
    with pytest.raises(Private):
        actions.enter_room(dave, private_room.id)

    assert "dave" not in roles_in(private_room)
    consistent(private_room)


def test_staff_enter_a_private_room(private_room, staff):
    assert actions.enter_room(staff, private_room.id)[1] is True
    consistent(private_room)


def test_that_staff_let_themselves_in_is_recorded(private_room, room, staff):
    Record.objects.all().delete()
    actions.enter_room(staff, room.id)
    assert not Record.objects.exists()

    for _ in range(2):
        actions.enter_room(staff, private_room.id)
    row = Record.objects.get()
    assert (row.act, row.thread, row.actor, row.person) == ("add", private_room, staff, staff)


def test_who_is_in_a_private_room_may_enter_as_often_as_they_like(private_room, carol):
    assert actions.enter_room(carol, private_room.id)[1] is False


def test_what_is_no_room_is_not_entered(group, thread, dave, alice):
    for thread_id in (group.id, thread.id, group.id + 1000, 2**70):
        for act in (actions.enter_room, actions.request_entry):
            with pytest.raises(NotFound):
                act(dave, thread_id)
    for gathering in (group, thread):
        consistent(gathering)


def test_a_room_that_became_private_keeps_who_is_in(room, alice, carol, dave):
    actions.configure(alice, room.id, is_public=False)

    write(carol, room, "still here")
    with pytest.raises(Private):
        actions.enter_room(dave, room.id)


def test_an_empty_room_is_the_next_ones_to_own(room, alice, bob, carol, dave):
    for person in (alice, bob, carol):
        actions.leave(person, room.id)
    assert consistent(room).member_count == 0

    actions.enter_room(carol, room.id)
    actions.enter_room(dave, room.id)
    assert roles_in(room) == {"carol": "owner", "dave": "member"}
    consistent(room)


def test_who_comes_back_has_lost_their_role(room, bob):
    actions.leave(bob, room.id)
    actions.enter_room(bob, room.id)

    assert roles_in(room)["bob"] == "member"
    assert place_of(bob, room).stays.count() == 1
    consistent(room)


# Asking to be let in


def asking(room):
    return set(EntryRequest.objects.filter(thread=room).values_list("user__username", flat=True))


def test_one_asks_once(private_room, dave):
    assert actions.request_entry(dave, private_room.id) is True
    assert actions.request_entry(dave, private_room.id) is False

    assert asking(private_room) == {"dave"}
    assert "dave" not in roles_in(private_room)
    consistent(private_room)


def test_who_need_not_ask_does_not(private_room, room, carol, dave):
    assert actions.request_entry(carol, private_room.id) is False
    assert actions.request_entry(dave, room.id) is False

    assert not EntryRequest.objects.exists()


def test_it_is_granted_by_adding(private_room, bob, dave):
    actions.request_entry(dave, private_room.id)
    assert actions.add_member(bob, private_room.id, dave) is True

    assert asking(private_room) == set()
    assert entries(private_room)[-1] == ("added", "bob", "dave", "")
    write(dave, private_room, "thanks")
    consistent(private_room)


def test_it_is_declined(private_room, bob, dave):
    actions.request_entry(dave, private_room.id)
    version = consistent(private_room).version
    actions.decline_entry(bob, private_room.id, dave)
    actions.decline_entry(bob, private_room.id, dave)

    assert asking(private_room) == set()
    assert consistent(private_room).version == version
    assert actions.request_entry(dave, private_room.id) is True


def test_a_member_neither_grants_nor_declines(private_room, carol, dave):
    actions.request_entry(dave, private_room.id)
    for act in (actions.add_member, actions.decline_entry):
        with pytest.raises(Forbidden):
            act(carol, private_room.id, dave)

    assert asking(private_room) == {"dave"}


def test_a_stranger_learns_of_no_requests(private_room, dave):
    actions.request_entry(dave, private_room.id)
    with pytest.raises(NotFound):
        actions.decline_entry(make_person("erin"), private_room.id, dave)

    assert asking(private_room) == {"dave"}


def test_nobody_inactive_is_let_in(private_room, bob, dave):
    actions.request_entry(dave, private_room.id)
    dave.is_active = False
    dave.save()

    with pytest.raises(NoSuchPerson):
        actions.add_member(bob, private_room.id, dave)
    assert "dave" not in roles_in(private_room)


def test_who_enters_a_room_that_became_public_asks_no_more(private_room, alice, dave):
    actions.request_entry(dave, private_room.id)
    actions.configure(alice, private_room.id, is_public=True)

    assert asking(private_room) == set()
    actions.enter_room(dave, private_room.id)
    consistent(private_room)


def test_staff_who_asked_and_then_enter_ask_no_more(private_room, staff):
    actions.request_entry(staff, private_room.id)
    actions.enter_room(staff, private_room.id)

    consistent(private_room)


def test_a_banned_person_neither_enters_nor_asks_nor_is_added(private_room, room, bob, dave):
    for thread in (private_room, room):
        actions.request_entry(dave, thread.id)
        actions.ban(bob, thread.id, dave)
        assert asking(thread) == set()
        for act in (actions.enter_room, actions.request_entry):
            with pytest.raises(Banned):
                act(dave, thread.id)
        with pytest.raises(Banned):
            actions.add_member(bob, thread.id, dave)
        consistent(thread)


# Telling


@pytest.mark.django_db(transaction=True)
def test_who_enters_is_told_and_so_is_the_room(room, dave, told):
    version = Thread.objects.get(pk=room.pk).version
    actions.enter_room(dave, room.id)

    (to_dave, joined), (to_room, event) = told.frames(2)
    head = {"version": version, "read": version}
    assert (to_dave, joined) == (
        f"pm:user:{dave.pk}",
        {"type": "joined", "thread": room.id, "head": head},
    )
    assert to_room == f"pm:{{{room.id % 16}}}:thread:{room.id}"
    assert event["event"] == {"code": "joined", "person": None, "value": "", "members": 4}
    assert event["sender"]["name"] == "dave"

    actions.enter_room(dave, room.id)
    assert told.frames() == []


@pytest.mark.django_db(transaction=True)
def test_those_who_may_let_somebody_in_are_told_of_a_request(private_room, alice, bob, dave, told):
    actions.request_entry(dave, private_room.id)

    frames = told.frames(2)
    assert {channel for channel, _ in frames} == {f"pm:user:{p.pk}" for p in (alice, bob)}
    for _, frame in frames:
        assert (frame["type"], frame["thread"]) == ("notice", private_room.id)
        assert "dave" in frame["text"]

    actions.request_entry(dave, private_room.id)
    assert told.frames() == []


@pytest.mark.django_db(transaction=True)
def test_a_new_room_is_told_to_its_owner(alice, told):
    room = actions.make_room(alice, "Kitchen")

    (to_alice, joined), (_, event) = told.frames(2)
    assert (to_alice, joined["type"]) == (f"pm:user:{alice.pk}", "joined")
    assert (event["seq"], event["event"]["code"]) == (1, "created")
    assert event["event"]["value"] == room.title


# Costs


def test_entering_costs_the_same_in_any_company(alice, dave, carol, django_assert_max_num_queries):
    room = actions.make_room(alice, "Hall")
    with django_assert_max_num_queries(16) as few:
        actions.enter_room(dave, room.id)
    people = make_people(300)
    joined_at = room.created_at - timedelta(days=1)
    Member.objects.bulk_create(
        Member(thread=room, user=person, joined_at=joined_at) for person in people
    )
    Thread.objects.filter(pk=room.pk).update(member_count=302)
    with django_assert_max_num_queries(len(few)) as many:
        actions.enter_room(carol, room.id)

    assert len(many) == len(few)
    assert consistent(room).member_count == 303


def test_making_and_entering_are_no_administration(room, dave):
    Record.objects.all().delete()
    actions.enter_room(dave, room.id)
    actions.leave(dave, room.id)
    actions.make_room(dave, "Pantry")

    assert not Record.objects.exists()
    assert Message.objects.filter(thread=room, event="left").exists()
    assert Role(place_of(dave, Thread.objects.get(slug="pantry")).role) is Role.OWNER
