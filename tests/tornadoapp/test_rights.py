"""Roles, mutes and places that change while sockets are open."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from privatemessages import actions, protocol, wiring
from privatemessages.errors import Unavailable
from privatemessages.models import FOREVER, Member, Thread
from privatemessages.roles import Role
from privatemessages.times import milliseconds
from tests.messenger import place_of
from tests.tornadoapp.conftest import all_stored

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 1.0  # seconds in which a right has to reach open sockets
HOUR = timedelta(hours=1)


def refused(socket, thread):
    return socket.until("error", id=socket.say(thread.id))["code"]


def accepted(socket, thread):
    return socket.until("accepted", id=socket.say(thread.id))


def test_a_mute_and_its_end_reach_every_socket_over_two_workers(
    start, connect, enter, alice, carol, group
):
    workers = [start(), start(leased=False)]
    sockets = [enter(worker, carol) for worker in workers]
    plain = connect(workers[0], carol, f"/{group.id}/")
    for socket in sockets:
        accepted(socket, group)
    actions.mute(alice, group.id, carol, lasting=HOUR)
    until = milliseconds(place_of(carol, group).muted_until)
    for socket in sockets:
        assert socket.until("rights", WITHIN) == {
            "type": "rights",
            "thread": group.id,
            "role": "member",
            "may_post": True,
            "muted_until": until,
        }
        assert refused(socket, group) == "may_not_post"
    plain.waiting()
    plain.send("hello?")
    assert plain.receive()["error"] == "may_not_post"
    actions.unmute(alice, group.id, carol)
    for socket in sockets:
        socket.until("rights", WITHIN)
        accepted(socket, group)


def test_a_mute_ends_by_itself(worker, enter, alice, carol, group):
    socket = enter(worker, carol)
    actions.mute(alice, group.id, carol, lasting=timedelta(seconds=1))
    socket.until("rights")
    assert refused(socket, group) == "may_not_post"
    time.sleep(max(0, (place_of(carol, group).muted_until - timezone.now()).total_seconds()))
    accepted(socket, group)
    # Nobody has to tell.
    assert not [frame for frame in socket.waiting() if frame["type"] == "rights"]
    assert all_stored(group, 1)


def test_who_came_back_muted_is_muted(worker, enter, alice, carol, group):
    actions.mute(alice, group.id, carol)
    socket = enter(worker, carol)
    assert refused(socket, group) == "may_not_post"
    assert place_of(carol, group).muted_until == FOREVER


def test_who_is_muted_hears_the_others_and_types_in_silence(
    worker, enter, alice, bob, carol, group
):
    socket, other = enter(worker, carol), enter(worker, bob)
    actions.mute(alice, group.id, carol)
    socket.until("rights")
    socket.send({"type": "typing", "thread": group.id})
    socket.pong()
    other.send({"type": "typing", "thread": group.id})
    assert socket.until("typing")["user"] == str(bob.pk)
    assert [frame["user"] for frame in other.waiting(least=1)] == [str(bob.pk)]


def test_in_a_room_nobody_is_told_who_types(worker, enter, alice, bob, group, room):
    socket, other = enter(worker, alice), enter(worker, bob)
    for thread in (room, group):
        socket.send({"type": "typing", "thread": thread.id})
    # What was told of the room would come first.
    assert other.until("typing")["thread"] == group.id


def test_another_role_is_told_to_that_person_alone(worker, enter, alice, bob, carol, group):
    mine, other = enter(worker, carol), enter(worker, bob)
    actions.appoint(alice, group.id, carol, Role.MODERATOR)
    assert mine.until("rights", WITHIN)["role"] == "moderator"
    assert not [frame for frame in other.waiting() if frame["type"] == "rights"]


def test_rights_are_told_only_where_their_thread_is_wanted(
    worker, connect, enter, alice, carol, group, room
):
    plain, tab = connect(worker, carol, f"/{room.id}/"), enter(worker, carol)
    actions.mute(alice, group.id, carol)
    assert tab.until("rights")["thread"] == group.id
    assert plain.waiting() == []
    # A socket of the room alone knows it too: it is the same person.
    assert worker.call(lambda it: it.hub.person(str(carol.pk)).places[group.id].muted_until)


def test_who_is_removed_loses_it_at_once_in_every_tab_over_two_workers(
    start, connect, enter, alice, bob, carol, group
):
    workers = [start(), start(leased=False)]
    tabs = [enter(worker, carol) for worker in workers]
    plain, other = connect(workers[1], carol, f"/{group.id}/"), enter(workers[0], bob)
    plain.send("here")
    assert plain.receive()["text"] == "here"
    other.until("stored")
    actions.remove_member(alice, group.id, carol)
    for tab in tabs:
        assert tab.until("removed", WITHIN)["thread"] == group.id
        assert refused(tab, group) == "not_found"
    assert plain.closed(WITHIN) == 4503
    accepted(other, group)
    for tab in tabs:
        assert tab.waiting() == []


def test_who_is_added_hears_and_writes_at_once(worker, enter, alice, bob, group, dave):
    socket, other = enter(worker, dave), enter(worker, bob)
    actions.add_member(alice, group.id, dave)
    assert socket.until("joined", WITHIN)["thread"] == group.id
    accepted(other, group)
    assert socket.until("message", text="hello")
    accepted(socket, group)


class TestReadingOnePlace:
    """While it is read, more may come."""

    @pytest.fixture
    def slow(self, slowed):
        return slowed("place", 0.5, times=1)

    def test_the_latest_change_holds(self, worker, enter, alice, carol, group, slow):
        socket = enter(worker, carol)
        actions.mute(alice, group.id, carol)
        assert worker.eventually(lambda _: slow)
        actions.unmute(alice, group.id, carol)
        assert worker.eventually(lambda _: len(slow) == 3)
        assert socket.waiting(0.6)[-1]["muted_until"] <= milliseconds(timezone.now())
        accepted(socket, group)

    def test_who_was_removed_meanwhile_does_not_come_back(
        self, worker, enter, alice, carol, group, slow
    ):
        socket = enter(worker, carol)
        actions.mute(alice, group.id, carol)
        assert worker.eventually(lambda _: slow)
        actions.remove_member(alice, group.id, carol)
        socket.until("removed")
        assert not [frame for frame in socket.waiting(0.6) if frame["type"] == "rights"]
        assert worker.call(lambda it: not it.hub.listeners(group.id))

    def test_who_turns_out_to_be_gone_is_dismissed(self, worker, enter, carol, group):
        socket = enter(worker, carol)
        Member.objects.filter(user=carol).update(left_at=timezone.now())
        tell(carol, protocol.RightsChanged(thread=group.id))
        assert socket.until("removed")["thread"] == group.id

    def test_a_thread_that_is_not_theirs_is_none_of_theirs_afterwards(
        self, worker, enter, dave, group
    ):
        socket = enter(worker, dave)
        tell(dave, protocol.RightsChanged(thread=group.id))
        assert socket.waiting() == []

    def test_what_cannot_be_read_is_read_later(self, worker, enter, alice, carol, group):
        socket = enter(worker, carol)

        async def away(*_):
            raise Unavailable

        worker.worker.identity.place = away
        actions.mute(alice, group.id, carol)
        assert socket.until("rights")["muted_until"] == milliseconds(FOREVER)


def test_a_right_that_changed_unheard_is_told_after_a_loss(worker, enter, carol, group):
    socket = enter(worker, carol)
    Member.objects.filter(user=carol).update(role=Role.MODERATOR)
    Thread.objects.filter(pk=group.pk).update(closed_at=timezone.now())
    worker.call(lambda it: it.refresher.request_all())
    told = socket.until("rights")
    assert (told["role"], told["may_post"]) == ("moderator", False)
    socket.until("heads")
    worker.call(lambda it: it.refresher.request_all())
    assert [frame["type"] for frame in socket.waiting(least=1)] == ["heads"]


def test_equal_standings_are_kept_once(worker, enter, alice, bob, carol, group, room):
    for person in (bob, carol):
        enter(worker, person)
    people = worker.call(lambda it: [dict(person.places) for person in it.hub.people()])
    standings = [standing for places in people for standing in places.values()]
    assert len(standings) == 4
    assert len({id(standing) for standing in standings}) == len(set(standings)) == 4


class TestWhatIsTold:
    """To one person, on their own channel."""

    def test_a_notice_reaches_every_tab_and_the_plain_socket_of_its_thread(
        self, start, connect, enter, alice, bob, group, room
    ):
        workers = [start(), start(leased=False)]
        tabs = [enter(worker, alice) for worker in workers]
        plain = connect(workers[0], alice, f"/{group.id}/")
        elsewhere = connect(workers[0], alice, f"/{room.id}/")
        other = enter(workers[0], bob)
        notice = protocol.Notice(thread=group.id, text="Dave asks to be let in")
        tell(alice, notice)
        for tab in tabs:
            assert tab.receive() == notice.model_dump()
        assert plain.receive() == {"notice": "Dave asks to be let in"}
        assert elsewhere.waiting() == other.waiting() == []

    def test_a_read_mark_reaches_the_other_tabs(self, worker, connect, enter, alice, group):
        tabs = [enter(worker, alice), enter(worker, alice)]
        plain = connect(worker, alice, f"/{group.id}/")
        mark = protocol.ReadFrame(thread=group.id, user=str(alice.pk), seq=1)
        tell(alice, mark)
        assert [tab.receive() for tab in tabs] == [mark.model_dump()] * 2
        assert plain.waiting() == []


def tell(person, frame):
    wiring.broker().tell_person(str(person.pk), frame)
