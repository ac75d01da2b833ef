import pytest
from django.contrib.auth import get_user_model

from privatemessages import actions, history
from privatemessages.errors import Forbidden, NotFound, NotMember, OnSelf, Outranked
from privatemessages.models import Member, Record, Thread
from privatemessages.roles import Role
from tests.actions.consistency import consistent
from tests.actions.test_groups import entries, roles_in
from tests.messenger import make_person, place_of, write


def records():
    rows = Record.objects.order_by("pk").select_related("actor", "person")
    return [
        (row.act, row.actor.username, row.person and row.person.username, row.detail, row.reason)
        for row in rows
    ]


@pytest.fixture
def unrecorded(group, room):
    """What was done to make them is no part of a test."""
    Record.objects.all().delete()


# Removing


@pytest.mark.parametrize("gathering", ["group", "room"])
def test_who_is_removed_can_neither_read_nor_write(gathering, request, unrecorded, bob, carol):
    thread = request.getfixturevalue(gathering)
    write(carol, thread, "hello")
    actions.remove_member(bob, thread.id, carol, "noise")

    assert "carol" not in roles_in(thread)
    for read in (history.thread, history.messages):
        with pytest.raises(NotFound):
            read(carol, thread.id)
    with pytest.raises(NotFound):
        history.changes(carol, thread.id, 0)
    with pytest.raises(NotFound):
        actions.send_message(carol, thread.id, "why?")
    with pytest.raises(NotFound):
        actions.mark_read(carol, thread.id, 1)
    assert history.place(carol.pk, thread.id) is None
    assert entries(thread)[-1] == ("removed", "bob", "carol", "")
    assert records() == [("remove", "bob", "carol", "", "noise")]
    consistent(thread)


def test_who_was_removed_may_enter_again_for_a_removal_is_no_ban(room, bob, carol):
    actions.remove_member(bob, room.id, carol)

    assert actions.enter_room(carol, room.id)[1] is True
    consistent(room)


def test_nobody_is_removed_twice(group, unrecorded, bob, carol):
    actions.remove_member(bob, group.id, carol)
    with pytest.raises(NotMember):
        actions.remove_member(bob, group.id, carol)

    assert len(records()) == 1
    consistent(group)


def test_staff_remove_the_last_owner_and_somebody_inherits(group, unrecorded, staff, alice):
    actions.remove_member(staff, group.id, alice, "abuse")

    assert roles_in(group) == {"bob": "owner", "carol": "member"}
    assert entries(group)[-2:] == [
        ("removed", "staff", "alice", ""),
        ("appointed", "staff", "bob", "owner"),
    ]
    assert records() == [("remove", "staff", "alice", "", "abuse")]
    consistent(group)


@pytest.mark.django_db(transaction=True)
def test_who_is_removed_is_told_in_every_tab_and_so_is_the_thread(group, bob, carol, told):
    version = Thread.objects.get(pk=group.pk).version
    actions.remove_member(bob, group.id, carol)

    (to_carol, removed), (to_thread, event) = told.frames(2)
    assert (to_carol, removed) == (f"pm:user:{carol.pk}", {"type": "removed", "thread": group.id})
    assert to_thread == f"pm:{{{group.id % 16}}}:thread:{group.id}"
    assert event["version"] == event["seq"] == version + 1
    person = {"id": str(carol.pk), "name": "carol"}
    assert event["event"] == {"code": "removed", "person": person, "value": "", "members": 2}
    assert event["text"] == "bob removed carol"


# Appointing


@pytest.mark.parametrize("role", list(Role))
def test_an_owner_gives_roles(group, unrecorded, alice, bob, carol, role):
    other = bob if role is Role.MEMBER else carol
    actions.appoint(alice, group.id, other, role)

    assert roles_in(group)[other.username] == role
    assert entries(group)[-1] == ("appointed", "alice", other.username, role)
    assert records() == [("appoint", "alice", other.username, role, "")]
    consistent(group)


def test_a_role_that_somebody_has_is_given_no_second_time(group, unrecorded, alice, bob):
    version = consistent(group).version
    actions.appoint(alice, group.id, bob, Role.MODERATOR)

    assert consistent(group).version == version
    assert records() == []


def test_there_may_be_many_owners_and_none_is_above_another(group, alice, bob):
    actions.appoint(alice, group.id, bob, Role.OWNER)

    for one, other in [(alice, bob), (bob, alice)]:
        with pytest.raises(Outranked):
            actions.appoint(one, group.id, other, Role.MEMBER)
        with pytest.raises(Outranked):
            actions.remove_member(one, group.id, other)
    consistent(group)


def test_nobody_appoints_themselves(group, alice):
    for role in Role:
        with pytest.raises(OnSelf):
            actions.appoint(alice, group.id, alice, role)

    assert roles_in(group)["alice"] == "owner"


def test_staff_take_the_last_ownership_and_somebody_inherits(group, unrecorded, staff, alice):
    actions.appoint(staff, group.id, alice, Role.MEMBER)

    assert roles_in(group) == {"alice": "member", "bob": "owner", "carol": "member"}
    assert entries(group)[-2:] == [
        ("appointed", "staff", "alice", "member"),
        ("appointed", "staff", "bob", "owner"),
    ]
    consistent(group)


def test_nobody_takes_the_ownership_where_nobody_could_inherit(alice, staff):
    room = actions.make_room(alice, "Hall")
    with pytest.raises(Forbidden):
        actions.appoint(staff, room.id, alice, Role.MEMBER)

    assert roles_in(room) == {"alice": "owner"}
    consistent(room)


def test_who_was_there_and_left_is_not_appointed(group, alice, carol):
    actions.leave(carol, group.id)

    with pytest.raises(NotMember):
        actions.appoint(alice, group.id, carol, Role.OWNER)
    assert place_of(carol, group).role == "member"


@pytest.mark.django_db(transaction=True)
def test_a_new_role_is_told_to_the_thread_and_to_the_persons_workers(group, alice, carol, told):
    actions.appoint(alice, group.id, carol, Role.MODERATOR)

    frames = told.frames(2)
    assert (f"pm:user:{carol.pk}", {"type": "rights_changed", "thread": group.id}) in frames
    (event,) = [frame for _, frame in frames if frame["type"] == "message"]
    person = {"id": str(carol.pk), "name": "carol"}
    assert event["event"] == {
        "code": "appointed",
        "person": person,
        "value": "moderator",
        "members": 3,
    }
    assert event["text"] == "carol is a moderator now"


# The record


def test_adding_is_recorded(group, unrecorded, bob, dave):
    actions.add_member(bob, group.id, dave)

    assert records() == [("add", "bob", "dave", "", "")]


def test_a_record_outlives_the_thread_and_the_people(group, unrecorded, alice, bob, carol):
    actions.remove_member(bob, group.id, carol, "noise")
    get_user_model().objects.filter(pk__in=[bob.pk, carol.pk]).delete()
    Thread.objects.filter(pk=group.pk).delete()

    row = Record.objects.get()
    assert (row.thread, row.actor, row.person) == (None, None, None)
    assert (row.act, row.actor_name, row.person_name) == ("remove", "bob", "carol")
    assert (row.thread_title, row.reason) == ("Friends", "noise")
    assert row.made_at is not None


def test_a_reason_without_end_is_cut(group, unrecorded, bob, carol):
    actions.remove_member(bob, group.id, carol, "x" * 1_000)

    assert Record.objects.get().reason == "x" * 250


def test_long_names_are_cut_in_the_record(group, unrecorded, bob):
    erin = make_person("e" * 150)
    actions.add_member(bob, group.id, erin)
    actions.remove_member(bob, group.id, erin)

    assert [row.person_name for row in Record.objects.all()] == ["e" * 150] * 2


def test_members_are_counted_as_their_rows(group, room, alice, bob, carol, dave):
    """Whatever is done one after another."""
    for thread in (group, room):
        actions.add_member(alice, thread.id, dave)
        actions.remove_member(bob, thread.id, carol)
        actions.leave(dave, thread.id)
        actions.add_member(bob, thread.id, carol)
        actions.ban(alice, thread.id, bob)
        assert consistent(thread).member_count == 2
        assert Member.objects.filter(thread=thread).count() == 4


@pytest.mark.parametrize("gathering", ["group", "private_room"])
def test_whom_staff_add_where_nobody_is_left_owns_it(gathering, request, staff):
    thread = request.getfixturevalue(gathering)
    for member in list(Member.objects.present().filter(thread=thread).select_related("user")):
        actions.leave(member.user, thread.id)
    assert consistent(thread).member_count == 0

    actions.add_member(staff, thread.id, make_person("erin"))
    actions.add_member(staff, thread.id, make_person("frank"))
    assert roles_in(thread) == {"erin": "owner", "frank": "member"}
    consistent(thread)


@pytest.mark.django_db(transaction=True)
def test_owner_and_heir_whose_accounts_go_in_one_stroke_leave_a_group_to_the_next(
    group, alice, bob
):
    get_user_model().objects.filter(pk__in=[alice.pk, bob.pk]).delete()

    assert roles_in(group) == {"carol": "owner"}
    consistent(group)
