"""The blocking client and the asyncio one: one behaviour."""

import asyncio
from contextlib import closing

import pytest

from privatemessages import protocol
from privatemessages.broker import blocking, commands, keys
from privatemessages.errors import Conflict, MessengerError, Unavailable
from tests.broker.conftest import broker_at, settings_for, spoken
from tests.broker.running import asynchronous, network

NOWHERE = "redis://127.0.0.1:1/0"
TYPING = protocol.TypingFrame(thread=42, user="7", name="Alice")
CHANNEL = keys.thread_channel(42, 4)


def blocking_at(url):
    return closing(blocking.Broker(settings_for(url)))


async def result_of(call):
    """What came of it, in words that both clients share."""
    try:
        found = call()
        return await found if asyncio.iscoroutine(found) or asyncio.isfuture(found) else found
    except MessengerError as error:
        return type(error), error.retry_after


@pytest.mark.parametrize("away", [False, True])
@asynchronous
async def test_both_ping_and_tell_alike(redis_server, published, away):
    url = NOWHERE if away else redis_server.url
    with blocking_at(url) as django:
        async with broker_at(url) as worker:
            assert await result_of(django.ping) == await result_of(worker.ping)
            here = await result_of(lambda: django.tell_thread(42, TYPING))
            there = await result_of(lambda: worker.tell_thread(42, TYPING))
    told = (CHANNEL, protocol.encode(TYPING).decode())
    assert published() == ([] if away else [told, told])
    if away:
        assert here == there == (Unavailable, 1000)


@asynchronous
async def test_both_find_out_alike_what_redis_keeps(redis_server, store):
    with blocking_at(redis_server.url) as django:
        async with broker_at(redis_server.url) as worker:
            assert django.durability().warnings == (await worker.durability()).warnings == []
            store.config_set("maxmemory-policy", "allkeys-lru")
            try:
                assert django.durability() == await worker.durability()
                assert "allkeys-lru" in django.durability().warnings[0]
            finally:
                store.config_set("maxmemory-policy", "noeviction")


def test_frames_of_one_call_are_told_in_their_order_and_in_one_round_trip(redis_server, published):
    frames = [
        protocol.TypingFrame(thread=42, user=str(number), name="Alice") for number in range(20)
    ]
    with blocking_at(redis_server.url) as django:
        django.tell_thread(42, *frames)
        django.tell_person("7", protocol.Recheck())
    told = published()
    assert [data for _, data in told[:-1]] == [protocol.encode(frame).decode() for frame in frames]
    assert told[-1] == (keys.user_channel("7"), '{"type":"recheck"}')


@asynchronous
async def test_a_lost_reply_is_unavailable_and_nothing_is_told_twice(redis_server, published):
    async with network(redis_server.port) as between:
        between.lose_replies = True
        with blocking_at(between.url) as django, pytest.raises(Unavailable):
            await asyncio.to_thread(django.tell_thread, 42, TYPING)
        async with broker_at(between.url) as worker:
            with pytest.raises(Unavailable):
                await worker.tell_thread(42, TYPING)
    assert len(published()) <= 2


@asynchronous
async def test_a_lost_reply_of_an_accepted_message_is_safe_to_ask_again(redis_server, published):
    message = spoken()
    async with network(redis_server.port) as between, broker_at(between.url) as worker:
        await worker.join_epochs()
        await worker.ping()  # accepting is connected, so that only the reply is lost
        between.lose_replies = True
        with pytest.raises(Unavailable):
            await worker.accept(message)
        between.lose_replies = False
        assert await worker.accept(message) == 0
        assert await worker.waiting() == 1
    assert len([channel for channel, _ in published() if channel == CHANNEL]) == 1


@asynchronous
async def test_the_state_of_the_outbox_is_what_lies_in_it(redis_server):
    with blocking_at(redis_server.url) as django:
        empty = django.outbox_state()
        assert (empty.waiting, empty.oldest, empty.dead) == (0, None, 0)
        async with broker_at(redis_server.url) as worker:
            await worker.join_epochs()
            for thread in (1, 2, 2):
                await worker.accept(spoken(thread=thread))
            first, *_ = (entries := await read_all(worker))
            await worker.set_aside(first, "poison")
            state = django.outbox_state()
            assert (state.waiting, state.dead) == (2, 1)
            assert state.oldest == min(entry.accepted_at for entry in entries[1:])
            [found] = django.set_asides.first(10)
            assert (found.entry.message, found.reason) == (first.message, "poison")
            await worker.acknowledge(await read_all(worker))
            assert django.outbox_state().waiting == 0


async def read_all(worker):
    found = await worker.read_outboxes(range(worker.partitions), 100)
    return [entry for entries in found for entry in entries]


@asynchronous
async def test_entries_of_several_partitions_are_read_in_order_within_each(redis_server):
    async with broker_at(redis_server.url) as worker:
        await worker.join_epochs()
        for number in range(12):
            await worker.accept(spoken(thread=number % 5, text=str(number)))
        found = await worker.read_outboxes([1, 0], 2)
        assert [[entry.message.text for entry in entries] for entries in found] == [
            ["1", "6"],
            ["0", "4"],
        ]


@asynchronous
async def test_a_lease_is_one_holders(redis_server):
    async with broker_at(redis_server.url) as worker:
        assert await worker.lease(range(4), "me", 1000) == dict.fromkeys(range(4), True)
        assert await worker.lease([1, 2], "you", 1000) == {1: False, 2: False}
        await worker.release([1], "me")
        assert await worker.lease(range(4), "you", 1000) == {0: False, 1: True, 2: False, 3: False}


class TestPartitions:
    @asynchronous
    async def test_the_first_worker_notes_their_number(self, redis_server, store):
        async with broker_at(redis_server.url) as worker:
            await worker.agree_on_partitions()
            await worker.agree_on_partitions()
        assert store.get(keys.PARTITIONS) == "4"

    @asynchronous
    async def test_another_number_is_refused_while_an_outbox_holds_anything(
        self, redis_server, store
    ):
        store.set(keys.PARTITIONS, 9)
        store.xadd(keys.outbox(8), {"thread": 8, "frame": "{}"})
        async with broker_at(redis_server.url) as worker:
            with pytest.raises(Conflict, match="9 partitions, not 4"):
                await worker.agree_on_partitions()
            assert store.get(keys.PARTITIONS) == "9"
            store.delete(keys.outbox(8))
            await worker.agree_on_partitions()
        assert store.get(keys.PARTITIONS) == "4"


class TestEpochs:
    @asynchronous
    async def test_all_workers_share_one(self, redis_server):
        async with broker_at(redis_server.url) as one, broker_at(redis_server.url) as other:
            await one.join_epochs()
            await other.join_epochs()
            assert await one.accept(spoken()) == await other.accept(spoken()) == 1

    @asynchronous
    async def test_a_worker_joins_again_after_a_wipe_and_only_then_accepts(self, redis_server):
        async with broker_at(redis_server.url) as worker:
            await worker.join_epochs()
            redis_server.wipe()
            assert await worker.accept(spoken()) == -1
            await worker.join_epochs()
            assert await worker.accept(spoken()) == 1

    @asynchronous
    async def test_a_full_redis_lets_a_worker_join(self, redis_server, store):
        async with broker_at(redis_server.url) as one, broker_at(redis_server.url) as other:
            await one.agree_on_partitions()
            await one.join_epochs()
            store.config_set("maxmemory", 1)
            try:
                await other.agree_on_partitions()
                await other.join_epochs()
            finally:
                store.config_set("maxmemory", 0)
            assert await other.accept(spoken()) == 1


def test_a_message_that_redis_cannot_hold_is_unavailable(redis_server, store):
    @asynchronous
    async def scenario():
        async with broker_at(redis_server.url) as worker:
            await worker.join_epochs()
            store.config_set("maxmemory", 1)
            try:
                with pytest.raises(Unavailable) as caught:
                    await worker.accept(spoken())
            finally:
                store.config_set("maxmemory", 0)
            assert caught.value.retry_after
            assert await worker.accept(spoken()) == 1

    scenario()


def test_the_scripts_are_all_that_lies_in_their_folder():
    saving = {"accept", "acknowledge", "lease", "release", "set_aside"}
    assert set(commands._scripts) == saving | {"join_epoch", "retry", "withdraw"}
