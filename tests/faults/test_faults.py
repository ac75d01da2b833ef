"""After each fault, every client holds what the database holds, and nothing is lost or doubled."""

import asyncio
from itertools import cycle

import pytest

from tests.client import Client
from tests.client.reader import read_report, reader
from tests.faults.check import seen_wrongly
from tests.faults.traffic import AFTER, BEFORE, DURING, Traffic, apart, until, until_apart

SOCKETS = 20  # at least
OUTAGE = 10.0  # s
FREEZE = 5.0  # s, longer than a lease
FREEZE_OF_REDIS = 7.0  # s, longer than a worker waits for an answer
WAIT = 30.0  # s, for what is expected at once
BACKLOG = 10_000  # messages
BACKLOG_WAIT = 120.0  # s


@pytest.fixture
def under_traffic(stack):
    """Run a fault between a quiet beginning and end; nothing may be wrong then."""

    def run(fault, **options):
        async def scene():
            async with Traffic(stack, **options) as traffic:
                assert len(traffic.tabs) >= SOCKETS
                await traffic.flow(150)
                with traffic.during():
                    await fault(traffic)
                await traffic.flow(150)
                found = await traffic.settle()
                assert not found, "\n".join([*found[:20], stack.output()])
                assert await apart(stack.set_aside) == 0
                guard(traffic)

        asyncio.run(scene())

    return run


def guard(traffic):
    """Something was said before, during and after the fault, and everybody was told a lot."""
    assert traffic.written[BEFORE] >= 100
    assert traffic.written[DURING] >= 50
    assert traffic.written[AFTER] >= 100
    assert traffic.counts()["tellings of stored"] > 2 * traffic.written.total()


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


def test_django_is_away(stack, under_traffic):
    async def stop(traffic):
        failures = await apart(stack.metric, "save_failures_total")
        await apart(stack.django.stop)
        await asyncio.sleep(OUTAGE)
        assert await apart(stack.metric, "save_failures_total") > failures
        assert await apart(stack.waiting) >= 100
        assert traffic.written[DURING] >= 100
        await apart(stack.django.start)

    under_traffic(stop)


def test_postgresql_is_away(stack, under_traffic):
    async def stop(traffic):
        failures = await apart(stack.metric, "save_failures_total")
        await apart(stack.postgres.stop)
        traffic.tabs[0].hang_up()
        await asyncio.sleep(OUTAGE)
        assert await apart(stack.metric, "save_failures_total") > failures
        assert await apart(stack.waiting) >= 100
        assert traffic.written[DURING] >= 100
        assert traffic.tabs[0].closings[1011] >= 1  # nobody can be greeted meanwhile
        await apart(stack.postgres.start)

    under_traffic(stop)


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
        await asyncio.sleep(FREEZE_OF_REDIS)
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

    under_traffic(wipe)


def test_a_frozen_reader_is_cut_off_and_catches_up(stack, under_traffic, tmp_path):
    async def freeze(traffic):
        user, session = next(iter(traffic.company.sessions.items()))
        others = cycle([tab for tab in traffic.tabs if tab.client.user != user])
        slow, path = await apart(stack.metric, "slow_readers_total"), tmp_path / "report"
        with reader(stack.site, user, session, traffic.seed, path) as frozen:
            await until(lambda: read_report(path), WAIT)
            frozen.pause()
            async with asyncio.timeout(WAIT):
                while await apart(stack.metric, "slow_readers_total") == slow:
                    for thread in traffic.threads_of(user):
                        partners = traffic.company.threads[thread]
                        tab = next(tab for tab in others if tab.client.user in partners)
                        traffic.write(tab, thread, long_text(traffic))
                    await asyncio.sleep(0.02)
            frozen.resume()
            async with traffic.a_break() as books:

                def caught_up():
                    report, client = read_report(path), Client(user, traffic.chance)
                    client.copies.update(report.copies)
                    return report.greetings > 1 and not list(seen_wrongly(books, client))

                await until_apart(caught_up, WAIT)
            closings = read_report(path).closings
            assert closings[4003] + closings[1006] >= 1

    under_traffic(freeze)


def long_text(traffic):
    """As many bytes as a message may have, so that the kernel's buffers are full soon."""
    return f"{traffic.written.total()} " + "🐢" * 9_900


def test_a_long_outage_refuses_nothing(stack, under_traffic):
    async def pile_up(traffic):
        await apart(stack.django.stop)
        async with asyncio.timeout(BACKLOG_WAIT):
            while await apart(stack.waiting) < BACKLOG:
                for tab in traffic.tabs:
                    for thread in traffic.threads_of(tab.client.user):
                        traffic.write(tab, thread)
                await asyncio.sleep(0.25)
        assert traffic.counts()["rate limited"] == 0
        assert traffic.counts()["unavailable"] == 0
        await apart(stack.django.start)

    under_traffic(pile_up, resend_floor=10.0, resend_ceiling=60.0)
