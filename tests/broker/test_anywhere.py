"""What both clients do, on one server, on a master that sentinels watch over, and on a cluster."""

import asyncio
import time
from contextlib import closing

import pytest

from privatemessages import protocol
from privatemessages.broker import blocking, keys, presence
from tests.broker.conftest import settings_for, spoken, worker_at
from tests.broker.running import asynchronous, soon

PARTITIONS = 4
THREADS = range(8)  # two in each partition
CHANNELS = [keys.thread_channel(thread, PARTITIONS) for thread in THREADS]
PEOPLE = [str(number) for number in range(20)]


@pytest.fixture
def django(anywhere):
    with closing(blocking.Broker(settings_for(anywhere.url))) as broker:
        yield broker


def typing(thread, user="7"):
    return protocol.TypingFrame(thread=thread, user=user, name="Alice")


@asynchronous
async def test_what_is_accepted_is_heard_by_all_workers_and_waits_to_be_saved(anywhere, django):
    async with worker_at(anywhere.url) as here, worker_at(anywhere.url) as there:
        await here.broker.subscriptions.subscribe(CHANNELS)
        await there.broker.subscriptions.subscribe(CHANNELS)
        messages = [spoken(thread=thread) for thread in THREADS]
        accepted = [here.broker.accept(message) for message in messages]
        assert await asyncio.gather(*accepted) == [1] * len(messages)
        assert await there.broker.accept(messages[3]) == 0
        told = sorted(zip(CHANNELS, map(protocol.encode, messages), strict=True))
        await soon(lambda: sorted(here.frames) == sorted(there.frames) == told)

        assert await here.broker.waiting() == len(messages)
        assert len(await there.broker.spoken(THREADS)) == len(messages)
        found = await here.broker.read_outboxes(range(PARTITIONS), 10)
        assert [[entry.thread_id for entry in entries] for entries in found] == [
            [number, number + PARTITIONS] for number in range(PARTITIONS)
        ]
        await here.broker.set_aside(found[0][0], "poison")
        state = await asyncio.to_thread(django.outboxes.states)
        assert [it.waiting for it in state] == [1, 2, 2, 2]
        assert [it.set_aside for it in state] == [1, 0, 0, 0]
        await here.broker.acknowledge([entry for entries in found for entry in entries])
        assert await there.broker.waiting() == 0
        assert (here.losses, there.losses) == (0, 0)


@asynchronous
async def test_the_holder_of_a_lease_is_woken(anywhere):
    async with worker_at(anywhere.url) as worker:
        await worker.broker.subscriptions.subscribe(map(keys.wake_channel, range(PARTITIONS)))
        await asyncio.gather(*[worker.broker.accept(spoken(thread=it)) for it in THREADS])
        await soon(lambda: len(worker.frames) == PARTITIONS)
        assert sorted(worker.frames) == [(keys.wake_channel(it), b"") for it in range(PARTITIONS)]


@asynchronous
async def test_what_either_tells_is_heard_in_its_order(anywhere, django):
    channels = [keys.user_channel(user_id) for user_id in PEOPLE]
    async with worker_at(anywhere.url) as worker:
        await worker.broker.subscriptions.subscribe([*CHANNELS, *channels])
        frames = [(CHANNELS[number % 8], typing(number % 8, str(number))) for number in range(40)]
        await asyncio.to_thread(django.publish, frames)
        await soon(lambda: len(worker.frames) == 40)
        for channel in CHANNELS:
            told = [(it, protocol.encode(frame)) for it, frame in frames if it == channel]
            assert [frame for frame in worker.frames if frame[0] == channel] == told

        worker.frames.clear()
        await asyncio.gather(*[worker.broker.tell_person(it, protocol.Recheck()) for it in PEOPLE])
        await soon(lambda: len(worker.frames) == len(PEOPLE))
        assert sorted(channel for channel, _ in worker.frames) == sorted(channels)


@asynchronous
async def test_what_is_wanted_no_more_is_silent(anywhere):
    async with worker_at(anywhere.url) as worker:
        await worker.broker.subscriptions.subscribe(CHANNELS)
        worker.broker.subscriptions.unsubscribe(CHANNELS[:4])
        await worker.broker.subscriptions.subscribe(CHANNELS[:2])
        told = [worker.broker.tell_thread(thread, typing(thread)) for thread in THREADS]
        heard = await asyncio.gather(*told)
        assert (heard[:2], heard[4:]) == ([1] * 2, [1] * 4)
        await soon(lambda: len(worker.frames) >= 6)
        assert await worker.broker.tell_thread(2, typing(2)) == 0


@asynchronous
async def test_who_is_here_and_who_saves_is_known_to_all(anywhere, django):
    async with worker_at(anywhere.url) as one, worker_at(anywhere.url) as other:
        people = {presence.of_person(user_id): {user_id} for user_id in PEOPLE}
        await one.broker.whereabouts.be_present("one", people, 30, afresh=True)
        await other.broker.whereabouts.be_present("other", {3: {"7"}}, 30, afresh=True)
        now = int(time.time() * 1000)
        await one.broker.whereabouts.note_seen({"nobody": now})
        found = await asyncio.to_thread(django.whereabouts, ["7", "nobody"])
        assert found == {
            "7": protocol.Presence(here=True),
            "nobody": protocol.Presence(here=False, seen_at=now),
        }
        assert await asyncio.to_thread(django.present, [3]) == {3: {"7"}}
        assert await other.broker.whereabouts.elsewhere("other", PEOPLE) == set(PEOPLE)

        mine = await one.broker.lease(range(PARTITIONS), "one", 5000)
        assert mine == dict.fromkeys(range(PARTITIONS), True)
        assert not any((await other.broker.lease(range(PARTITIONS), "other", 5000)).values())
        await one.broker.release([0], "one")
        assert (await other.broker.lease([0], "other", 5000)) == {0: True}


@asynchronous
async def test_both_see_that_it_is_well(anywhere, django):
    async with worker_at(anywhere.url) as worker:
        await worker.broker.ping()
        await asyncio.to_thread(django.ping)
        assert (await worker.broker.durability()).warnings == []
        assert await asyncio.to_thread(lambda: django.durability().warnings) == []


@asynchronous
async def test_a_wipe_is_noticed_in_every_partition(anywhere):
    async with worker_at(anywhere.url) as worker:
        await asyncio.to_thread(anywhere.wipe)
        wiped = [worker.broker.accept(spoken(thread=thread)) for thread in THREADS]
        assert await asyncio.gather(*wiped) == [-1] * len(THREADS)
        await worker.broker.join_epochs()
        again = [worker.broker.accept(spoken(thread=thread)) for thread in THREADS]
        assert await asyncio.gather(*again) == [1] * len(THREADS)


@asynchronous
async def test_many_threads_of_django_share_one_client(anywhere, django):
    async with worker_at(anywhere.url) as worker:
        await worker.broker.subscriptions.subscribe(CHANNELS)
        calls = [
            asyncio.to_thread(django.tell_thread, number % 8, typing(number % 8, str(number)))
            for number in range(64)
        ]
        await asyncio.gather(*calls)
        await soon(lambda: len(worker.frames) == 64)
        assert len(set(worker.frames)) == 64
