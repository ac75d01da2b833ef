"""A server that was started again, or another one behind the same address."""

import asyncio

import pytest

from privatemessages.broker import keys
from privatemessages.broker.asynchronous import FORGOTTEN
from privatemessages.errors import Unavailable
from tests.broker.conftest import spoken, worker_at
from tests.broker.running import POLL, asynchronous, network
from tests.broker.test_failover import BACK, CHANNELS, PARTITIONS, THREADS, accepted
from tests.services import RedisServer


@pytest.fixture
def forgetful():
    """Keeps what it was told to save, and no more: as with the last second before a power cut."""
    with RedisServer("--appendonly", "no") as server:
        yield server


def start_again(server):
    server.kill()
    server.start()


def replicate_epochs(server, other):
    names = [keys.epoch(partition) for partition in range(PARTITIONS)]
    other.client().mset(dict(zip(names, server.client().mget(names), strict=True)))


@asynchronous
async def test_what_was_accepted_last_may_be_gone_though_the_epoch_is_there(forgetful):
    async with worker_at(forgetful.url) as one, worker_at(forgetful.url) as other:
        for worker in (one, other):
            assert await worker.broker.accept(spoken()) == 1
        forgetful.client().save()
        assert await one.broker.accept(spoken()) == 1
        await asyncio.to_thread(start_again, forgetful)
        assert len(await other.broker.spoken([42])) == 2, "nothing was lost"

        for worker in (one, other):
            assert await accepted(worker.broker) == FORGOTTEN
            await worker.broker.join_epochs()
        for worker in (one, other):
            assert [await accepted(worker.broker, it) for it in THREADS] == [1] * len(THREADS)


@asynchronous
async def test_behind_one_address_there_may_be_another_server(redis_server, forgetful):
    async with network(redis_server.port) as between, worker_at(between.url) as worker:
        assert await worker.broker.accept(spoken()) == 1
        replicate_epochs(redis_server, forgetful)
        between.lead_to(forgetful.port)
        between.cut()
        assert await accepted(worker.broker) == FORGOTTEN


@asynchronous
async def test_who_became_a_replica_is_left_for_the_master_behind_the_address(
    redis_server, forgetful
):
    async with network(forgetful.port) as between, worker_at(between.url) as worker:
        assert await worker.broker.accept(spoken()) == 1
        replicate_epochs(forgetful, redis_server)
        forgetful.client().replicaof("127.0.0.1", redis_server.port)
        between.lead_to(redis_server.port)  # a link that is there leads where it did
        async with asyncio.timeout(BACK):
            assert await accepted(worker.broker) == FORGOTTEN


@asynchronous
async def test_a_fallen_node_keeps_nobody_from_the_epochs_of_the_others(cluster):
    """Not even the one that holds the number of partitions."""
    async with worker_at(cluster.url) as worker:
        node = await asyncio.to_thread(cluster.master_of, keys.PARTITIONS)
        kept = next(it for it in THREADS if cluster.master_of(CHANNELS[it]) is not node)
        other = cluster.master_of(CHANNELS[kept])
        cluster.replica_of(node).kill()
        node.kill()
        other.wipe()
        async with asyncio.timeout(BACK):
            assert await accepted(worker.broker, kept) == FORGOTTEN
            await begun_again(worker.broker)
        assert await accepted(worker.broker, kept) == 1


async def begun_again(broker):
    while True:
        try:
            return await broker.begin_again()
        except Unavailable:
            await asyncio.sleep(POLL)


@asynchronous
async def test_the_number_of_partitions_is_noted_again(redis_server):
    async with worker_at(redis_server.url) as worker:
        redis_server.wipe()
        assert await accepted(worker.broker) == FORGOTTEN
        await worker.broker.begin_again()
        assert redis_server.client().get(keys.PARTITIONS) == str(PARTITIONS)
        assert await accepted(worker.broker) == 1


@asynchronous
async def test_a_link_that_breaks_ends_no_epoch(redis_server):
    async with network(redis_server.port) as between, worker_at(between.url) as worker:
        assert await worker.broker.accept(spoken()) == 1
        between.cut()
        with pytest.raises(Unavailable):
            await worker.broker.accept(spoken())
        assert await accepted(worker.broker) == 1
