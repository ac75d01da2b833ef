import asyncio

import pytest

from privatemessages.broker import spoken as module
from privatemessages.broker.entries import Entry
from privatemessages.broker.spoken import SpokenReader, newest
from privatemessages.errors import Unavailable
from tests.broker.conftest import broker_at, spoken
from tests.broker.running import asynchronous, soon


class Delayed:
    """The readings of a broker wait until they are let go, and are counted."""

    def __init__(self, broker):
        self._router = broker._saving
        self.readings = 0
        self.go = asyncio.Event()

    async def call_each(self, wanted):
        self.readings += 1
        found = await self._router.call_each(wanted)
        await self.go.wait()
        return found


@asynchronous
async def test_threads_are_told_apart_and_in_order(redis_server):
    async with broker_at(redis_server.url) as broker:
        await broker.join_epochs()
        # All of these lie in one partition, but for the last.
        for thread in (42, 46, 42, 43):
            await broker.accept(spoken(thread=thread))
        found = await broker.spoken([42, 43, 99])
        assert sorted(entry.thread_id for entry in found) == [42, 42, 43]
        mine = [entry.id for entry in found if entry.thread_id == 42]
        assert mine == sorted(mine)
        assert await broker.spoken([]) == []


@asynchronous
async def test_only_the_newest_within_a_limit(redis_server, monkeypatch):
    monkeypatch.setattr(module, "READ_LIMIT", 3)
    async with broker_at(redis_server.url) as broker:
        await broker.join_epochs()
        for number in range(5):
            await broker.accept(spoken(text=str(number)))
        found = await broker.spoken([42])
        assert [entry.message.text for entry in found] == ["2", "3", "4"]


@asynchronous
async def test_a_reading_is_shared_only_by_those_who_asked_before_it_began(redis_server):
    async with broker_at(redis_server.url) as broker:
        await broker.join_epochs()
        router = Delayed(broker)
        reader = SpokenReader(router, broker.partitions)
        early = [asyncio.create_task(reader.read([42])) for _ in range(3)]
        await soon(lambda: router.readings == 1)
        await broker.accept(spoken())
        late = [asyncio.create_task(reader.read([42])) for _ in range(3)]
        await asyncio.sleep(0.05)
        router.go.set()

        assert [len(found) for found in await asyncio.gather(*early)] == [0, 0, 0]
        assert [len(found) for found in await asyncio.gather(*late)] == [1, 1, 1]
        assert router.readings == 2


@asynchronous
async def test_one_who_goes_away_disturbs_nobody_who_waits_too(redis_server):
    async with broker_at(redis_server.url) as broker:
        await broker.join_epochs()
        await broker.accept(spoken())
        router = Delayed(broker)
        reader = SpokenReader(router, broker.partitions)
        gone, stays = (asyncio.create_task(reader.read([42])) for _ in range(2))
        await soon(lambda: router.readings == 1)
        gone.cancel()
        router.go.set()
        assert len(await stays) == 1


@asynchronous
async def test_a_redis_that_is_away_is_told_to_all_and_asked_again_by_the_next():
    async with broker_at("redis://127.0.0.1:1/0") as broker:
        for _ in range(2):
            asked = [asyncio.create_task(broker.spoken([42])) for _ in range(2)]
            for task in asked:
                with pytest.raises(Unavailable):
                    await task


def test_the_newest_are_kept_as_far_as_there_is_room_and_stay_in_order():
    entries = [Entry(f"{ms}-{n}", 42, b"x" * 10) for ms, n in [(1, 9), (1, 10), (2, 0), (3, 0)]]
    shuffled = [entries[index] for index in (2, 0, 3, 1)]
    assert newest(shuffled, 100) == entries
    assert newest(shuffled, 39) == entries[1:]
    assert newest(shuffled, 9) == []
