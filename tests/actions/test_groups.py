from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.errors import (
    BadName,
    Forbidden,
    Full,
    NameTooLong,
    NoSuchPerson,
    NotFound,
)
from privatemessages.models import Member, Message, Record, Thread
from privatemessages.roles import Role
from tests.actions.consistency import consistent
from tests.messenger import fill, make_people, make_person, place_of, write

LIMIT = 250  # people


def roles_in(thread):
    present = Member.objects.present().filter(thread=thread)
    return dict(present.values_list("user__username", "role"))


def entries(thread):
    rows = Message.objects.filter(thread=thread).in_order().select_related("sender", "about")
    return [
        (row.event, row.sender and row.sender.username, row.about and row.about.username, row.text)
        for row in rows
    ]


# Making


def test_whoever_makes_a_group_owns_it_and_the_chosen_are_in_it(alice, bob, carol):
    thread = actions.make_group(alice, "  Old   friends ", [bob, carol])

    assert (thread.kind, thread.title, thread.slug) == ("group", "Old friends", None)
    assert (thread.is_public, thread.shows_past) == (False, False)
    assert roles_in(thread) == {"alice": "owner", "bob": "member", "carol": "member"}
    assert entries(thread) == [("created", "alice", None, "Old friends")]
    consistent(thread)


def test_it_is_in_every_inbox(group, alice, bob, carol):
    for person, role in [(alice, "owner"), (bob, "moderator"), (carol, "member")]:
        (card,) = history.inbox(person).threads
        assert (card.id, card.kind, card.title) == (group.id, "group", "Friends")
        assert (card.role, card.member_count, card.people) == (role, 3, [])


def test_doubled_people_and_oneself_are_in_it_once(alice, bob):
    thread = actions.make_group(alice, "Us", [bob, alice, bob])

    assert roles_in(thread) == {"alice": "owner", "bob": "member"}
    consistent(thread)


def test_a_group_may_begin_with_one(alice):
    thread = actions.make_group(alice, "Me", [])

    assert roles_in(thread) == {"alice": "owner"}
    consistent(thread)


def test_groups_may_have_the_same_title(alice, bob):
    assert actions.make_group(alice, "Us", [bob]) != actions.make_group(alice, "Us", [bob])


def test_nobody_inactive_is_chosen(alice, bob, carol):
    carol.is_active = False
    carol.save()

    with pytest.raises(NoSuchPerson):
        actions.make_group(alice, "Us", [bob, carol])
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    ("title", "error"),
    [
        ("", BadName),
        ("   ", BadName),
        ("?!", BadName),
        ("😀", BadName),
        ("a\x00b", BadName),
        ("\ud800", BadName),
        ("a\u202eb", BadName),
        ("x" * 1_000, NameTooLong),
    ],
)
def test_a_title_has_to_be_one(group, alice, bob, title, error):
    before = Thread.objects.count()
    with pytest.raises(error):
        actions.make_group(alice, title, [bob])
    with pytest.raises(error):
        actions.rename(alice, group.id, title)

    assert Thread.objects.count() == before
    assert Thread.objects.get(pk=group.pk).title == "Friends"


def test_250_people_are_in_a_group_and_no_more(alice, bob):
    others = make_people(LIMIT)
    with pytest.raises(Full):
        actions.make_group(alice, "All", others)
    thread = actions.make_group(alice, "All", others[1:])
    assert consistent(thread).member_count == LIMIT

    with pytest.raises(Full):
        actions.add_member(alice, thread.id, bob)
    assert consistent(thread).member_count == LIMIT

    actions.leave(others[1], thread.id)
    assert actions.add_member(alice, thread.id, bob)
    assert consistent(thread).member_count == LIMIT


def test_how_many_is_a_setting(group, alice, dave, settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"GROUP_LIMIT": 3}

    with pytest.raises(Full):
        actions.add_member(alice, group.id, dave)
    with pytest.raises(Full):
        actions.make_group(alice, "Four", make_people(3))


def test_a_room_has_no_limit(room, alice, dave):
    fill(room, make_people(LIMIT))

    assert actions.add_member(alice, room.id, dave)
    assert consistent(room).member_count == LIMIT + 4


# Adding


def test_who_is_added_belongs(group, bob, dave):
    assert actions.add_member(bob, group.id, dave) is True

    assert roles_in(group)["dave"] == "member"
    assert entries(group)[-1] == ("added", "bob", "dave", "")
    assert [card.id for card in history.inbox(dave).threads] == [group.id]
    write(dave, group, "thanks")
    consistent(group)


def test_who_belongs_is_added_no_second_time(group, bob, carol):
    before = consistent(group).version

    assert actions.add_member(bob, group.id, carol) is False
    assert consistent(group).version == before
    assert not Record.objects.filter(act="add").exists()


def test_nobody_inactive_is_added(group, alice, dave):
    dave.is_active = False
    dave.save()

    with pytest.raises(NoSuchPerson):
        actions.add_member(alice, group.id, dave)
    assert consistent(group).member_count == 3


def test_a_pair_stays_a_pair(alice, carol, thread):
    with pytest.raises(Forbidden):
        actions.add_member(alice, thread.id, carol)
    assert consistent(thread).member_count == 2


# Leaving


def test_who_leaves_is_gone(group, carol):
    actions.leave(carol, group.id)

    assert "carol" not in roles_in(group)
    assert entries(group)[-1] == ("left", "carol", None, "")
    assert history.inbox(carol).threads == []
    for act in (history.thread, history.messages, actions.leave):
        with pytest.raises(NotFound):
            act(carol, group.id)
    with pytest.raises(NotFound):
        actions.send_message(carol, group.id, "one more thing")
    consistent(group)


def test_one_of_several_owners_leaves_without_more(group, alice, bob):
    actions.appoint(alice, group.id, bob, Role.OWNER)
    actions.leave(alice, group.id)

    assert roles_in(group) == {"bob": "owner", "carol": "member"}
    assert entries(group)[-1][0] == "left"
    consistent(group)


def test_the_last_owner_hands_over_to_the_longest_serving_moderator(group, alice, dave):
    erin = make_person("erin")
    now = timezone.now()
    # Dave has been there longer than Bob, who moderates too, and Erin longer than both.
    for n, person in enumerate([dave, erin], 1):
        fill(group, [person], joined_at=now - timedelta(days=n))
    actions.appoint(alice, group.id, dave, Role.MODERATOR)
    actions.leave(alice, group.id)

    assert roles_in(group) == {
        "bob": "moderator",
        "carol": "member",
        "dave": "owner",
        "erin": "member",
    }
    left, appointed = entries(group)[-2:]
    assert left == ("left", "alice", None, "")
    assert appointed == ("appointed", "alice", "dave", "owner")
    consistent(group)


def test_without_a_moderator_it_is_the_longest_serving_member(alice, bob, carol):
    thread = actions.make_group(alice, "Us", [])
    actions.add_member(alice, thread.id, carol)
    actions.add_member(alice, thread.id, bob)
    actions.leave(alice, thread.id)

    assert roles_in(thread) == {"carol": "owner", "bob": "member"}
    consistent(thread)


def test_who_came_back_has_not_served_since_they_first_came(alice, bob, carol):
    thread = actions.make_group(alice, "Us", [bob])
    actions.add_member(alice, thread.id, carol)
    actions.leave(bob, thread.id)
    actions.add_member(alice, thread.id, bob)
    actions.leave(alice, thread.id)

    assert roles_in(thread) == {"carol": "owner", "bob": "member"}


def test_nobody_who_cannot_sign_in_inherits(group, alice, bob):
    get_user_model().objects.filter(pk=bob.pk).update(is_active=False)
    actions.leave(alice, group.id)

    assert roles_in(group) == {"bob": "moderator", "carol": "owner"}
    consistent(group)


def test_nobody_is_left(group, alice, bob, carol):
    for person in (carol, alice, bob):
        actions.leave(person, group.id)

    thread = consistent(group)
    assert (thread.member_count, thread.deleted_at) == (0, None)
    assert roles_in(group) == {}


def test_whoever_comes_back_is_a_member_again_and_has_the_same_row(group, alice, bob):
    before = place_of(bob, group)
    actions.leave(bob, group.id)
    left = place_of(bob, group)
    actions.add_member(alice, group.id, bob)

    after = place_of(bob, group)
    assert (after.pk, after.role, after.left_at) == (before.pk, "member", None)
    (stay,) = after.stays.all()
    assert (stay.joined_at, stay.left_at) == (before.joined_at, left.left_at)
    assert after.joined_at >= stay.left_at
    consistent(group)


def test_coming_and_going_many_times_keeps_every_stay(group, alice, carol):
    for _ in range(3):
        actions.leave(carol, group.id)
        actions.add_member(alice, group.id, carol)

    assert place_of(carol, group).stays.count() == 3
    consistent(group)


def test_the_owner_of_a_deleted_account_hands_over(group, alice):
    alice.delete()

    assert roles_in(group) == {"bob": "owner", "carol": "member"}
    assert ("left", None, None, "") in entries(group)
    consistent(group)


def test_accounts_deleted_together_leave_true_counts(group, alice, bob, carol):
    get_user_model().objects.filter(pk__in=[alice.pk, carol.pk]).delete()

    assert roles_in(group) == {"bob": "owner"}
    consistent(group)


# Telling


@pytest.mark.django_db(transaction=True)
def test_everybody_is_told_of_a_new_group(alice, bob, told):
    thread = actions.make_group(alice, "Us", [bob])

    frames = told.frames(3)
    joined = {"type": "joined", "thread": thread.id, "head": {"version": 0, "read": 0}}
    assert [frame for frame in frames if frame[1]["type"] == "joined"] == [
        (f"pm:user:{person.pk}", joined) for person in (alice, bob)
    ]
    (event,) = [frame for _, frame in frames if frame["type"] == "message"]
    assert (event["seq"], event["version"], event["kind"]) == (1, 1, "event")
    assert event["event"] == {"code": "created", "person": None, "value": "Us", "members": 2}
    assert event["text"] == "alice made this: Us"


@pytest.mark.django_db(transaction=True)
def test_who_is_added_is_told_and_so_is_the_thread(group, alice, dave, told):
    version = Thread.objects.get(pk=group.pk).version
    actions.add_member(alice, group.id, dave)

    (to_dave, joined), (to_thread, event) = told.frames(2)
    head = {"version": version, "read": version}
    assert joined == {"type": "joined", "thread": group.id, "head": head}
    assert to_dave == f"pm:user:{dave.pk}"
    assert to_thread == f"pm:{{{group.id % 16}}}:thread:{group.id}"
    assert (event["seq"], event["version"]) == (version + 1, version + 1)
    assert event["event"]["code"] == "added"
    assert event["event"]["person"] == {"id": str(dave.pk), "name": "dave"}
    assert event["event"]["members"] == 4


@pytest.mark.django_db(transaction=True)
def test_who_leaves_is_told_in_every_tab(group, carol, told):
    actions.leave(carol, group.id)

    (to_carol, removed), (_, event) = told.frames(2)
    assert (to_carol, removed) == (
        f"pm:user:{carol.pk}",
        {"type": "removed", "thread": group.id},
    )
    assert (event["event"]["code"], event["event"]["members"]) == ("left", 2)


@pytest.mark.django_db(transaction=True)
def test_the_heir_is_told(group, alice, bob, told):
    actions.leave(alice, group.id)

    changed = {"type": "rights_changed", "thread": group.id}
    assert (f"pm:user:{bob.pk}", changed) in told.frames(4)


# Costs


@pytest.mark.parametrize("act", ["add", "leave", "remove"])
def test_coming_and_going_cost_the_same_in_any_company(
    group, alice, carol, dave, act, django_assert_max_num_queries
):
    jobs = {
        "add": lambda person: actions.add_member(alice, group.id, person),
        "leave": lambda person: actions.leave(person, group.id),
        "remove": lambda person: actions.remove_member(alice, group.id, person),
    }
    erin = make_person("erin")
    if act != "add":
        fill(group, [dave, erin])
    with django_assert_max_num_queries(20) as few:
        jobs[act](dave)
    fill(group, make_people(200))
    with django_assert_max_num_queries(len(few)) as many:
        jobs[act](erin)
    assert len(many) == len(few)


def test_making_a_group_costs_the_same_for_any_number(alice, django_assert_max_num_queries):
    three, many = make_people(3), make_people(60)
    with django_assert_max_num_queries(12) as few:
        actions.make_group(alice, "Three", three)
    with django_assert_max_num_queries(len(few)):
        actions.make_group(alice, "Many", many)
