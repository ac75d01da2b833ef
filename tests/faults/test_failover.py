"""A master of a Redis Cluster, or behind sentinels, is lost, and its replica takes its place."""

import pytest
import redis

from tests.faults.conftest import SIZE
from tests.faults.stack import Stack
from tests.faults.waiting import apart, until, until_apart
from tests.services import RedisCluster, RedisSentinel

COMPANIES = 4  # one for each test
KINDS = {"cluster": RedisCluster, "sentinel": RedisSentinel}
MASTER = 1  # of the cluster: any
LACKED = 20  # messages at least, that the replica does not know
WAIT = 30.0  # s, for what is expected within a few


@pytest.fixture(scope="module", params=KINDS)
def running_stack(request):
    with Stack(COMPANIES, SIZE, KINDS[request.param]) as stack:
        yield stack


def master_and_replica(service):
    if isinstance(service, RedisCluster):
        master = service.masters()[MASTER]
        return master, service.replica_of(master)
    return service.master(), service.replica()


def rules(server) -> bool:
    try:
        with server.client() as client:
            return client.role()[0] == "master"
    except redis.ConnectionError:  # who promotes it cuts its clients off
        return False


async def all_greeted(traffic):
    await until(lambda: all(client.greeted for client in traffic.clients), WAIT)


def test_a_replica_takes_over_that_lacks_what_was_accepted_last(stack, under_traffic):
    """It stood still, and nobody stored anything: so only browsers have what its master held."""

    async def fall(traffic):
        master, replica = await apart(master_and_replica, stack.redis)
        wipes = await apart(stack.metric, "redis_wipes_total")
        await apart(stack.django.stop)
        await traffic.flow(50)
        await apart(part, master, replica)
        known = await apart(entries, master)
        await traffic.flow(150)
        assert await apart(entries, master) >= known + LACKED
        await apart(master.kill)
        await apart(replica.resume)
        await until_apart(lambda: rules(replica), WAIT)
        assert await apart(entries, replica) <= known + LACKED / 2
        await until_apart(lambda: stack.metric("redis_wipes_total") >= wipes + 2, WAIT)
        await all_greeted(traffic)
        await apart(stack.django.start)
        await traffic.flow(50)
        assert traffic.counts()["closings"][1012] >= len(traffic.tabs)

    under_traffic(fall)


def test_a_frozen_master_wakes_up_as_a_master_of_the_past(stack, under_traffic):
    async def freeze(traffic):
        master, replica = await apart(master_and_replica, stack.redis)
        await apart(master.pause)
        await until_apart(lambda: rules(replica), WAIT)
        await apart(master.resume)
        await traffic.flow(100)
        await all_greeted(traffic)

    under_traffic(freeze)


@pytest.mark.parametrize("running_stack", ["cluster"], indirect=True)
def test_a_master_hands_over_before_maintenance(stack, under_traffic):
    async def hand_over(traffic):
        before = await apart(stack.redis.masters)
        await apart(stack.redis.hand_over, MASTER)
        assert await apart(stack.redis.masters) != before
        await traffic.flow(50)
        await all_greeted(traffic)

    under_traffic(hand_over)


def part(master, replica) -> None:
    """What the master is told from now on, its replica will never know."""
    replica.pause()
    with master.client() as client:
        client.client_kill_filter(_type="replica")


def entries(server) -> int:
    """In the outboxes that this server knows."""
    with server.client() as client:
        return sum(client.xlen(key) for key in client.scan_iter("pm:*:outbox", count=1000))
