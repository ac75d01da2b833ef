"""Threads that appear and disappear while sockets are open."""

import asyncio

import pytest
from django.utils import timezone

from privatemessages import actions, protocol, wiring
from privatemessages.broker import keys
from privatemessages.errors import Unavailable
from privatemessages.models import Member, Thread
from privatemessages.tornadoapp import relay
from tests.messenger import write
from tests.tornadoapp.client import Closed
from tests.tornadoapp.conftest import PARTITIONS, stored_texts

pytestmark = pytest.mark.django_db(transaction=True)


def channels(worker):
    return worker.call(lambda it: set(it.broker.subscriptions._home))


def channel(thread):
    return keys.thread_channel(thread.id, PARTITIONS)


def answer_slowly(worker):
    """Places are told only a moment after they were read; the threads that were looked at."""
    place, looked = worker.worker.identity.place, []

    async def slow(user_id, thread_id):
        found = await place(user_id, thread_id)
        looked.append(thread_id)
        await asyncio.sleep(0.3)
        return found

    worker.worker.identity.place = slow
    return looked


def test_a_new_thread_is_told_live_to_both_and_works(worker, enter, alice, bob):
    tabs = [enter(worker, alice), enter(worker, alice), enter(worker, bob)]
    made, _ = actions.start_direct_thread(alice, bob)
    joined = {"type": "joined", "thread": made.id, "head": {"version": 0, "read": 0}}
    assert [tab.receive() for tab in tabs] == [joined] * 3
    tabs[0].say(made.id, "hello")
    for tab in tabs:
        tab.until("stored", thread=made.id)
    assert stored_texts(made) == ["hello"]


def test_its_first_message_is_not_lost_between(worker, enter, alice, bob):
    socket = enter(worker, alice)
    for _ in range(20):
        Thread.objects.all().delete()
        made, _ = actions.start_direct_thread(bob, alice)
        write(bob, made, "first")
        # Either the head has it already, or it comes by itself, behind the head or just before.
        while not _tells(socket.receive(), made):
            pass


def _tells(frame, thread):
    is_in_head = frame["type"] == "joined" and frame["head"]["version"] == 1
    return frame.get("thread") == thread.id and (frame["type"] == "message" or is_in_head)


def test_what_is_stored_while_its_head_is_on_its_way_is_not_lost(worker, enter, alice, bob):
    socket = enter(worker, alice)
    looked = answer_slowly(worker)
    made, _ = actions.start_direct_thread(bob, alice)
    assert worker.eventually(lambda _: looked)
    write(bob, made, "first")
    assert socket.until("joined", thread=made.id)["head"]["version"] == 1
    write(bob, made, "second")
    assert socket.until("message", thread=made.id)["text"] == "second"


def test_a_thread_whose_head_cannot_be_read_is_told_later(worker, enter, alice, bob):
    socket = enter(worker, alice)
    place, looked = worker.worker.identity.place, []

    async def failing_once(user_id, thread_id):
        looked.append(thread_id)
        if len(looked) == 2:
            raise Unavailable
        return await place(user_id, thread_id)

    worker.worker.identity.place = failing_once
    made, _ = actions.start_direct_thread(bob, alice)
    assert socket.until("joined")["thread"] == made.id
    assert len(looked) >= 4


def test_a_thread_that_is_taken_away_is_told_and_is_gone(
    worker, connect, enter, alice, bob, thread
):
    tab, other = enter(worker, alice), enter(worker, bob)
    plain = connect(worker, alice, f"/{thread.id}/")
    plain.send("here")
    plain.receive()
    Member.objects.filter(user=alice).update(left_at=timezone.now())
    wiring.broker().tell_person(str(alice.pk), protocol.Removed(thread=thread.id))
    assert tab.until("removed") == {"type": "removed", "thread": thread.id}
    assert plain.closed() == 4503
    other.until("accepted", id=other.say(thread.id, "a secret"))
    assert tab.waiting() == []
    assert tab.until("error", id=tab.say(thread.id))["code"] == "not_found"


def test_a_removal_is_not_undone_by_an_older_look_at_the_database(
    worker, connect, enter, alice, bob
):
    socket = enter(worker, alice)
    made = unheard(alice, bob)
    looked = answer_slowly(worker)
    socket.send({"type": "typing", "thread": made.id})
    assert worker.eventually(lambda _: looked)
    Member.objects.filter(user=alice).update(left_at=timezone.now())
    wiring.broker().tell_person(str(alice.pk), protocol.Removed(thread=made.id))
    assert socket.until("error")["code"] == "not_found"
    tell_typing(made, bob)
    assert socket.waiting() == []
    assert worker.call(lambda it: not it.hub.listeners(made.id))


def test_a_removal_that_is_told_late_takes_nothing_from_who_came_back(
    worker, enter, alice, bob, group
):
    socket = enter(worker, bob)
    # Another process told that Bob was added again, and was quicker.
    wiring.broker().tell_person(str(bob.pk), protocol.Removed(thread=group.id))
    socket.until("removed", thread=group.id)
    assert socket.until("joined", thread=group.id)["head"]["version"] == group.version
    write(alice, group, "still here?")
    assert socket.until("message", thread=group.id)["text"] == "still here?"


def unheard(*people):
    """A thread whose beginning was told to nobody."""
    made = Thread.objects.create()
    for person in people:
        Member.objects.create(thread=made, user=person, joined_at=timezone.now())
    return made


class TestChannels:
    def test_those_of_unknown_threads_are_dropped_again(self, worker, enter, alice, thread):
        socket = enter(worker, alice)
        before = channels(worker)
        for number in range(5):
            socket.send({"type": "typing", "thread": 2**40 + number})
            assert socket.until("error")["code"] == "not_found"
        assert channels(worker) - before
        drop(worker)
        assert channels(worker) == before

    def test_they_are_dropped_although_the_database_was_away(self, worker, enter, alice, thread):
        socket = enter(worker, alice)
        before = channels(worker)
        real = worker.worker.identity._run

        async def away(*_):
            raise Unavailable

        worker.worker.identity._run = away
        socket.send({"type": "typing", "thread": 2**40})
        assert socket.until("error")["code"] == "unavailable"
        worker.worker.identity._run = real
        drop(worker)
        assert channels(worker) == before

    def test_they_linger_after_the_last_socket_and_then_go(self, worker, enter, alice, thread):
        socket = enter(worker, alice)
        socket.close()
        assert worker.eventually(lambda it: not list(it.hub.connections()))
        mine = {channel(thread), keys.user_channel(str(alice.pk))}
        assert mine <= channels(worker)
        worker.call(lambda it: it.relay.drop_unused(it.broker.subscriptions, it.clock()))
        assert mine <= channels(worker)
        drop(worker)
        assert not mine & channels(worker)

    def test_one_that_is_used_again_stays(self, worker, enter, alice, bob, thread):
        enter(worker, alice).close()
        assert worker.eventually(lambda it: not list(it.hub.connections()))
        socket = enter(worker, alice)
        drop(worker)
        write(bob, thread, "hello")
        socket.until("message")

    def test_one_that_is_dropped_while_somebody_is_admitted_is_heard_all_the_same(
        self, worker, enter, alice, bob, carol
    ):
        made = unheard(alice, bob)
        enter(worker, bob).close()
        assert worker.eventually(lambda it: not list(it.hub.connections()))
        assert channel(made) in channels(worker)
        socket = enter(worker, carol)
        Member.objects.create(thread=made, user=carol, joined_at=timezone.now())
        place, looked = worker.worker.identity.place, []

        async def slow(user_id, thread_id):
            looked.append(thread_id)
            await asyncio.sleep(0.3)
            return await place(user_id, thread_id)

        worker.worker.identity.place = slow
        socket.send({"type": "typing", "thread": made.id})
        assert worker.eventually(lambda _: looked)
        drop(worker)
        socket.until("joined")
        tell_typing(made, bob)
        socket.until("typing", user=str(bob.pk))


def tell_typing(thread, person):
    typing = protocol.TypingFrame(thread=thread.id, user=str(person.pk), name="A")
    wiring.broker().tell_thread(thread.id, typing)


def drop(worker):
    """As if everything had lingered long enough."""
    worker.call(
        lambda it: it.relay.drop_unused(it.broker.subscriptions, it.clock() + relay.LINGER + 1)
    )


def test_a_second_socket_of_a_person_who_is_being_read_again_knows_what_the_first_does(
    worker, enter, alice, bob, thread
):
    first = enter(worker, alice)
    arrive = worker.worker.identity.arrive

    async def slow(session):
        found = await arrive(session)
        await asyncio.sleep(0.2)
        return found

    worker.worker.identity.arrive = slow
    worker.call(lambda it: it.refresher.request_all())
    second = enter(worker, alice)
    first.until("heads")
    write(bob, thread, "hello")
    for socket in (first, second):
        socket.until("message")
        assert not any(isinstance(frame, Closed) for frame in socket.waiting())
