from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.errors import Forbidden, Malformed, NotFound, NotMember
from privatemessages.models import Ban
from privatemessages.times import milliseconds
from tests.messenger import fill, make_people, make_person, place_of

HOUR = timedelta(hours=1)


def named(page):
    return [card.person.name for card in page.members]


def pages(person, thread, **options):
    """All of them, one after another."""
    found, after = [], None
    for _ in range(20):
        page = history.members(person, thread.id, after=after, **options)
        found.append(named(page))
        after = page.next
        if after is None:
            return found
    raise AssertionError("the pages have no end")


# Members


def test_owners_come_first_then_moderators_then_members_by_their_time(room, alice, carol):
    now = timezone.now()
    earlier, later = make_person("earlier"), make_person("later")
    fill(room, [earlier], joined_at=now - HOUR)
    fill(room, [later], joined_at=now + HOUR)
    second = make_person("second")
    fill(room, [second], joined_at=now - HOUR, role="owner")

    page = history.members(carol, room.id)
    assert named(page) == ["second", "alice", "bob", "earlier", "carol", "later"]
    assert [card.role for card in page.members] == ["owner"] * 2 + ["moderator"] + ["member"] * 3
    assert page.next is None


def test_a_card_says_who_it_is_and_until_when_they_are_muted(room, bob, carol, clock):
    actions.mute(bob, room.id, carol, lasting=HOUR)

    card = history.members(bob, room.id).members[-1]
    row = place_of(carol, room)
    assert card.model_dump() == {
        "person": {"id": str(carol.pk), "name": "carol"},
        "role": "member",
        "joined_at": milliseconds(row.joined_at),
        "muted_until": milliseconds(row.muted_until),
    }
    clock.move(hours=2)
    assert history.members(bob, room.id).members[-1].muted_until is None


def test_who_left_is_not_among_them(room, alice, carol):
    actions.leave(carol, room.id)

    assert named(history.members(alice, room.id)) == ["alice", "bob"]


def test_they_are_paged_without_loss_though_many_came_at_the_same_moment(room, alice):
    people = make_people(20)
    fill(room, people)
    found = pages(alice, room, limit=7)

    assert [len(page) for page in found] == [7, 7, 7, 2]
    flat = [name for page in found for name in page]
    assert sorted(flat) == sorted(["alice", "bob", "carol", *(p.username for p in people)])
    assert flat[:2] == ["alice", "bob"]


def test_they_are_found_by_the_beginning_of_their_name(room, alice, dave):
    fill(room, [make_person("Carolus"), make_person("oscar")])

    assert named(history.members(alice, room.id, query="CAR")) == ["Carolus", "carol"]
    assert named(history.members(alice, room.id, query="dave")) == []
    assert named(history.members(alice, room.id, query="c")) == ["Carolus", "carol"]
    assert named(history.members(alice, room.id, query="c%")) == []


@pytest.mark.parametrize(
    "options",
    [
        {"limit": 0},
        {"limit": 101},
        {"query": " "},
        {"query": "\x00\x00"},
        {"query": "\ud800\ud800"},
        {"query": "x" * 151},
        {"after": "none"},
        {"after": "3-1-1"},
        {"after": "1-1-1\n"},
        {"after": "1-" + "9" * 30 + "-1"},
        {"after": "٣-٣-٣"},
    ],
)
def test_what_cannot_be_asked_is_refused(room, alice, options):
    with pytest.raises(Malformed):
        history.members(alice, room.id, **options)


def test_strangers_learn_of_nobody(group, room, dave, staff):
    for person in (dave, staff):
        for thread_id in (group.id, room.id, room.id + 1000, 2**70):
            with pytest.raises(NotFound):
                history.members(person, thread_id)
            with pytest.raises(NotFound):
                history.member_named(person, thread_id, "alice")


def test_members_cost_two_queries_however_many(room, alice, django_assert_num_queries):
    for count in (1, 50):
        fill(room, make_people(count))
        with django_assert_num_queries(2):
            history.members(alice, room.id)


# Named


def test_a_member_is_named_by_user_name(room, alice, bob, carol):
    for name in ("carol", "@carol", "Carol"):
        assert history.member_named(alice, room.id, name) == carol
    assert history.member_named(bob, room.id, "@alice") == alice


@pytest.mark.parametrize(
    "name", ["", "@", "dave", "nobody", "caro", "\x00", "\ud800", "c%", "@@carol"]
)
def test_who_does_not_belong_is_not_named(room, alice, dave, name):
    with pytest.raises(NotMember):
        history.member_named(alice, room.id, name)


def test_who_left_is_not_named(room, alice, carol):
    actions.leave(carol, room.id)

    with pytest.raises(NotMember):
        history.member_named(alice, room.id, "carol")


def test_a_shown_name_names_one_and_no_two(room, alice, settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {
        "PERSON_NAME": "tests.history.test_members.first_name"
    }
    erin = make_person("e1", first_name="Erin Gray")
    fill(room, [erin])
    assert history.member_named(alice, room.id, "@erin gray") == erin

    fill(room, [make_person("e2", first_name="ERIN Gray")])
    with pytest.raises(NotMember):
        history.member_named(alice, room.id, "Erin Gray")
    assert history.member_named(alice, room.id, "e1") == erin


def first_name(person):
    return person.first_name or person.username


def test_somebody_inactive_is_named_so_that_they_can_be_removed(room, alice, carol):
    get_user_model().objects.filter(pk=carol.pk).update(is_active=False)

    assert history.member_named(alice, room.id, "carol") == carol


# Bans


def test_bans_in_force_are_listed_the_latest_first(room, bob, alice, carol, dave, clock):
    erin = make_person("erin")
    actions.ban(bob, room.id, erin, lasting=HOUR)
    clock.move(hours=2)
    actions.ban(bob, room.id, carol, reason="noise")
    clock.move(minutes=1)
    actions.ban(bob, room.id, dave, lasting=HOUR)

    first, second = history.bans(bob, room.id)
    assert (first.person.name, first.reason) == ("dave", "")
    assert (second.person.name, second.reason, second.until) == ("carol", "noise", None)
    row = Ban.objects.get(user=dave)
    assert (first.until, first.made_at) == (milliseconds(row.until), milliseconds(row.made_at))


def test_requests_are_listed_the_oldest_first(private_room, bob, carol, dave):
    erin = make_person("erin")
    for person in (dave, erin):
        actions.request_entry(person, private_room.id)

    found = history.entry_requests(bob, private_room.id)
    assert [card.person.name for card in found] == ["dave", "erin"]
    assert found[0].asked_at <= milliseconds(timezone.now())
    erin.is_active = False
    erin.save()
    assert [card.person.name for card in history.entry_requests(bob, private_room.id)] == ["dave"]


@pytest.mark.parametrize("look", [history.bans, history.entry_requests])
def test_they_are_for_those_who_may_do_something_about_them(
    private_room, thread, alice, bob, carol, dave, staff, look
):
    for person in (alice, bob, staff):
        assert look(person, private_room.id) == []
    with pytest.raises(Forbidden):
        look(carol, private_room.id)
    with pytest.raises(Forbidden):
        look(alice, thread.id)
    for person, thread_id in [
        (dave, private_room.id),
        (staff, thread.id),
        (staff, 2**70),
        (staff, private_room.id + 1000),
    ]:
        with pytest.raises(NotFound):
            look(person, thread_id)
    actions.delete_thread(alice, private_room.id)
    with pytest.raises(NotFound):
        look(staff, private_room.id)


def test_lists_cost_the_same_however_long(private_room, bob, django_assert_max_num_queries):
    with django_assert_max_num_queries(4) as few:
        history.bans(bob, private_room.id)
    Ban.objects.bulk_create(Ban(thread=private_room, user=person) for person in make_people(50))
    with django_assert_max_num_queries(len(few)):
        assert len(history.bans(bob, private_room.id)) == 50
