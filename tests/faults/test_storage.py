"""Django or PostgreSQL is away: people go on talking, and all of it is stored in the end."""

import asyncio

from tests.faults.traffic import DURING
from tests.faults.waiting import apart

OUTAGE = 10.0  # s
BACKLOG = 10_000  # messages
BACKLOG_WAIT = 120.0  # s


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


def test_a_long_outage_refuses_nothing(stack, under_traffic):
    async def pile_up(traffic):
        await apart(stack.django.kill)
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
