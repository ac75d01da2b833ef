from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.errors import (
    BadDuration,
    Banned,
    MayNotPost,
    NotBanned,
    NotFound,
    NotMember,
    OnSelf,
    Outranked,
)
from privatemessages.models import Ban, Message, Record, Thread
from privatemessages.roles import Role
from privatemessages.times import milliseconds
from tests.actions.consistency import consistent
from tests.actions.test_groups import entries, roles_in
from tests.messenger import place_of, write

HOUR = timedelta(hours=1)
BAD_DURATIONS = [timedelta(0), -HOUR, timedelta(microseconds=-1), timedelta.min, timedelta.max]


# Banning


@pytest.mark.parametrize("gathering", ["group", "room", "private_room"])
def test_who_is_banned_is_removed_and_kept_out(gathering, request, bob, alice, carol):
    thread = request.getfixturevalue(gathering)
    actions.ban(bob, thread.id, carol, reason="noise")

    assert "carol" not in roles_in(thread)
    assert entries(thread)[-1] == ("banned", "bob", "carol", "")
    with pytest.raises(Banned):
        actions.add_member(alice, thread.id, carol)
    with pytest.raises(NotFound):
        actions.send_message(carol, thread.id, "why?")
    with pytest.raises(NotFound):
        history.messages(carol, thread.id)
    consistent(thread)


def test_a_banned_person_comes_back_by_no_door(room, bob, carol):
    actions.ban(bob, room.id, carol)
    for act in (actions.enter_room, actions.request_entry):
        with pytest.raises(Banned):
            act(carol, room.id)

    assert "carol" not in roles_in(room)
    consistent(room)


def test_a_stranger_is_banned_before_they_come(room, bob, dave):
    version = consistent(room).version
    actions.ban(bob, room.id, dave)

    with pytest.raises(Banned):
        actions.enter_room(dave, room.id)
    assert consistent(room).version == version  # nothing happened that its people saw


def test_a_ban_ends_with_its_time(room, clock, bob, carol):
    actions.ban(bob, room.id, carol, lasting=HOUR)
    clock.move(minutes=59)
    with pytest.raises(Banned):
        actions.enter_room(carol, room.id)

    clock.move(minutes=2)
    assert actions.enter_room(carol, room.id)[1] is True
    consistent(room)


def test_a_ban_without_a_time_has_no_end(room, clock, bob, carol):
    actions.ban(bob, room.id, carol)
    clock.move(days=3000)

    with pytest.raises(Banned):
        actions.enter_room(carol, room.id)
    assert Ban.objects.get().until is None


def test_who_is_banned_already_is_banned_anew(room, clock, bob, dave):
    actions.ban(bob, room.id, dave, reason="first")
    actions.ban(bob, room.id, dave, lasting=HOUR, reason="second")
    assert (Ban.objects.get().reason, Ban.objects.get().until is None) == ("second", False)

    clock.move(hours=2)
    assert actions.enter_room(dave, room.id)[1] is True


def test_a_ban_in_one_thread_is_none_in_another(room, private_room, bob, carol):
    actions.ban(bob, room.id, carol)

    write(carol, private_room, "still here")
    consistent(private_room)


@pytest.mark.parametrize("act", [actions.ban, actions.mute])
@pytest.mark.parametrize("lasting", BAD_DURATIONS)
def test_nobody_is_banned_or_muted_for_no_time(room, bob, carol, act, lasting):
    recorded = Record.objects.count()
    with pytest.raises(BadDuration):
        act(bob, room.id, carol, lasting=lasting)

    assert roles_in(room)["carol"] == "member"
    assert not Ban.objects.exists()
    assert place_of(carol, room).muted_at is None
    assert Record.objects.count() == recorded


def test_ten_years_are_the_longest(room, bob, carol):
    for act in (actions.mute, actions.ban):
        with pytest.raises(BadDuration):
            act(bob, room.id, carol, lasting=timedelta(days=3660))
        act(bob, room.id, carol, lasting=timedelta(days=3650))


def test_staff_ban_the_last_owner_and_somebody_inherits(room, staff, alice):
    actions.ban(staff, room.id, alice)

    assert roles_in(room) == {"bob": "owner", "carol": "member"}
    with pytest.raises(Banned):
        actions.enter_room(alice, room.id)
    consistent(room)


def test_nobody_bans_their_like(room, alice, bob, carol):
    actions.appoint(alice, room.id, carol, Role.MODERATOR)
    for other in (alice, carol):
        with pytest.raises(Outranked):
            actions.ban(bob, room.id, other)
    with pytest.raises(OnSelf):
        actions.ban(bob, room.id, bob)

    assert not Ban.objects.exists()
    consistent(room)


def test_a_reason_without_end_is_cut_and_the_ban_stands(room, bob, carol):
    actions.ban(bob, room.id, carol, reason="x" * 1_000)

    assert len(Ban.objects.get().reason) == 250
    consistent(room)


# Unbanning


def test_who_is_unbanned_may_enter_and_is_not_in_by_that(room, bob, carol):
    actions.ban(bob, room.id, carol)
    actions.unban(bob, room.id, carol)

    assert "carol" not in roles_in(room)
    assert actions.enter_room(carol, room.id)[1] is True
    consistent(room)


def test_who_is_not_banned_is_not_unbanned(room, clock, bob, carol, dave):
    recorded = Record.objects.count()
    actions.ban(bob, room.id, carol, lasting=HOUR)
    clock.move(hours=2)  # over is as good as none
    for other in (carol, dave, bob):
        with pytest.raises(NotBanned):
            actions.unban(bob, room.id, other)

    assert Record.objects.count() == recorded + 1


# Muting


def muted(thread, person):
    """As pages, sockets and actions have it; they must agree."""
    card = history.thread(person, thread.id)
    standing = history.place(person.pk, thread.id).standing
    now = milliseconds(timezone.now())
    assert card.may_post == standing.may_post_at(now)
    assert (card.muted_until is not None and card.muted_until > now) == (not card.may_post)
    try:
        actions.send_message(person, thread.id, "may I?")
    except MayNotPost:
        assert not card.may_post
        return True
    assert card.may_post
    return False


@pytest.mark.parametrize("gathering", ["group", "room"])
def test_who_is_muted_reads_and_does_not_write(gathering, request, alice, bob, carol):
    thread = request.getfixturevalue(gathering)
    actions.mute(bob, thread.id, carol, lasting=HOUR)
    written = write(alice, thread, "news")[0]

    assert muted(thread, carol)
    assert history.messages(carol, thread.id).messages[-1].id == str(written.uuid)
    actions.mark_read(carol, thread.id, written.seq)
    assert not muted(thread, bob)
    consistent(thread)


def test_a_mute_ends_with_its_time(room, clock, bob, carol):
    actions.mute(bob, room.id, carol, lasting=HOUR)
    clock.move(minutes=59)
    assert muted(room, carol)

    clock.move(minutes=2)
    assert not muted(room, carol)


def test_a_mute_without_a_time_has_no_end(room, clock, bob, carol):
    actions.mute(bob, room.id, carol)
    clock.move(days=3000)

    assert muted(room, carol)


def test_a_mute_is_made_longer_or_shorter(room, clock, bob, carol):
    actions.mute(bob, room.id, carol)
    actions.mute(bob, room.id, carol, lasting=HOUR)
    clock.move(hours=2)
    assert not muted(room, carol)

    actions.mute(bob, room.id, carol, lasting=HOUR)
    actions.mute(bob, room.id, carol, lasting=3 * HOUR)
    clock.move(hours=2)
    assert muted(room, carol)


def test_who_is_unmuted_writes_again(room, bob, carol):
    actions.mute(bob, room.id, carol)
    actions.unmute(bob, room.id, carol)
    assert not muted(room, carol)

    actions.unmute(bob, room.id, carol)
    actions.mute(bob, room.id, carol)
    assert muted(room, carol)


def test_nobody_escapes_a_mute_by_coming_back(room, bob, carol):
    actions.mute(bob, room.id, carol)
    actions.leave(carol, room.id)
    actions.enter_room(carol, room.id)

    assert muted(room, carol)
    consistent(room)


def test_nobody_unmutes_themselves(room, alice, bob):
    actions.mute(alice, room.id, bob)
    with pytest.raises(OnSelf):
        actions.unmute(bob, room.id, bob)

    assert muted(room, bob)


def test_who_does_not_belong_is_neither_muted_nor_unmuted(room, bob, dave):
    for act in (actions.mute, actions.unmute):
        with pytest.raises(NotMember):
            act(bob, room.id, dave)


def test_repeating_what_was_stored_before_the_mute_is_answered(room, bob, carol):
    uuid = uuid4()
    stored, _ = actions.send_message(carol, room.id, "in time", uuid=uuid)
    actions.mute(bob, room.id, carol)

    assert actions.send_message(carol, room.id, "in time", uuid=uuid) == (stored, False)


def test_a_mute_is_no_entry_of_the_history(room, bob, carol):
    before = consistent(room).version
    actions.mute(bob, room.id, carol)
    actions.unmute(bob, room.id, carol)

    assert consistent(room).version == before


# The record and the telling


def test_all_of_it_is_recorded_with_reason_and_end(room, bob, carol):
    Record.objects.all().delete()
    actions.mute(bob, room.id, carol, lasting=HOUR, reason="noise")
    actions.unmute(bob, room.id, carol)
    actions.ban(bob, room.id, carol, reason="more noise")
    actions.unban(bob, room.id, carol)

    rows = list(Record.objects.order_by("pk"))
    assert [(row.act, row.reason) for row in rows] == [
        ("mute", "noise"),
        ("unmute", ""),
        ("ban", "more noise"),
        ("unban", ""),
    ]
    assert {(row.actor, row.person, row.thread) for row in rows} == {(bob, carol, room)}
    assert rows[0].until - rows[0].made_at == pytest.approx(HOUR, abs=timedelta(seconds=5))
    assert rows[2].until is None


def test_what_changes_nothing_is_not_recorded(room, bob, carol):
    before = Record.objects.count()
    actions.unmute(bob, room.id, carol)

    assert Record.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_mute_and_its_end_are_told_to_the_persons_workers_alone(room, bob, carol, told):
    changed = [(f"pm:user:{carol.pk}", {"type": "rights_changed", "thread": room.id})]
    actions.mute(bob, room.id, carol)
    assert told.frames(1) == changed

    actions.unmute(bob, room.id, carol)
    assert told.frames(1) == changed

    actions.unmute(bob, room.id, carol)
    assert told.frames() == []


@pytest.mark.django_db(transaction=True)
def test_a_ban_is_told_like_a_removal_and_a_strangers_to_nobody(room, bob, carol, dave, told):
    version = Thread.objects.get(pk=room.pk).version
    actions.ban(bob, room.id, carol)

    (to_carol, removed), (_, event) = told.frames(2)
    assert (to_carol, removed) == (f"pm:user:{carol.pk}", {"type": "removed", "thread": room.id})
    assert event["version"] == version + 1
    assert (event["event"]["code"], event["event"]["members"]) == ("banned", 2)

    actions.ban(bob, room.id, dave)
    assert told.frames() == []
    assert Message.objects.filter(event="banned").count() == 1
