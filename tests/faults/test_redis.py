"""Redis dies and comes back, stands still, or forgets everything."""

import asyncio

from tests.faults.waiting import apart, until_apart

FREEZE = 7.0  # s, longer than a worker waits for an answer
WAIT = 30.0  # s, for what is expected at once
PARTITIONS = 16  # a worker with another number must go on being refused


def test_redis_is_killed_and_comes_back_with_its_files(stack, under_traffic):
    async def kill(traffic):
        losses = await apart(stack.metric, "pubsub_losses_total")
        await apart(stack.redis.kill)
        assert not stack.redis.alive
        # Stored, but told to nobody: only the heads can tell it.
        await traffic.write_in_django(next(iter(traffic.company.sessions)), 10)
        await traffic.flow(100)
        await apart(stack.redis.start)
        await until_apart(lambda: stack.metric("pubsub_losses_total") >= losses + 2, WAIT)
        assert traffic.counts()["unavailable"] >= 20

    under_traffic(kill)


def test_redis_is_frozen(stack, under_traffic):
    """What nobody answered is sent again, and was perhaps done all the same."""

    async def freeze(traffic):
        await apart(stack.redis.pause)
        await traffic.write_in_django(next(iter(traffic.company.sessions)), 1)
        await asyncio.sleep(FREEZE)
        await apart(stack.redis.resume)
        await traffic.flow(50)
        assert traffic.counts()["unavailable"] >= 1

    under_traffic(freeze)


def test_redis_is_wiped(stack, under_traffic):
    async def wipe(traffic):
        await apart(stack.django.stop)
        await traffic.flow(100)
        assert await apart(stack.waiting) >= 50
        wipes = await apart(stack.metric, "redis_wipes_total")
        await apart(stack.redis.wipe)
        await traffic.flow(50)
        await apart(stack.django.start)
        assert await apart(stack.metric, "redis_wipes_total") >= wipes + 2
        assert await apart(stack.partitions) == PARTITIONS

    under_traffic(wipe)
