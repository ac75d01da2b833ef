"""A worker dies, leaves, or stands still; first of all, nothing happens."""

import asyncio

from tests.faults.waiting import apart, until

FREEZE = 5.0  # s, longer than a lease
WAIT = 30.0  # s, for what is expected at once


def test_quiet_times(stack, under_traffic):
    """The measure of the others: without a fault nobody has to ask or to send again."""

    async def nothing(traffic):
        await traffic.flow(50)
        assert traffic.counts()["greetings"] == len(traffic.tabs)

    under_traffic(nothing)


def test_a_worker_is_killed(stack, under_traffic):
    async def kill(traffic):
        victim = stack.workers[0]
        before = traffic.counts()["greetings"]
        await apart(victim.kill)
        assert not victim.alive
        await traffic.flow(150)
        await until(lambda: all(client.greeted for client in traffic.clients), WAIT)
        assert traffic.counts()["greetings"] - before >= 2
        await apart(victim.start)

    under_traffic(kill)


def test_a_worker_is_stopped_for_an_upgrade(stack, under_traffic):
    async def stop(traffic):
        leaving = stack.workers[1]
        await apart(leaving.stop)
        assert leaving.returncode == 0
        await traffic.flow(150)
        assert traffic.counts()["closings"][1012] >= 2
        await apart(leaving.start)

    under_traffic(stop)


def test_a_worker_is_frozen_until_others_have_its_leases(stack, under_traffic):
    """When it thaws, two workers save the same messages for a moment."""

    async def freeze(traffic):
        frozen = stack.workers[0]
        await apart(frozen.pause)
        await asyncio.sleep(FREEZE)
        await apart(frozen.resume)

    under_traffic(freeze)
