"""One stack for all of these tests, and for each of them people of its own."""

import asyncio

import pytest

from tests.faults.stack import Stack, pytest_ignore_collect  # noqa: F401 - used by pytest
from tests.faults.traffic import AFTER, BEFORE, DURING, Traffic
from tests.faults.waiting import apart

COMPANIES = 20  # one for each test; making one more costs nothing
SIZE = 20  # people; some have two sockets
SOCKETS = 20  # at least
CALM = 150  # messages before the fault and after it


@pytest.fixture(scope="session")
def running_stack():
    with Stack(COMPANIES, SIZE) as stack:
        yield stack


@pytest.fixture
def stack(running_stack):
    running_stack.heal()
    return running_stack


@pytest.fixture
def under_traffic(stack):
    """Run a fault between a quiet beginning and end; nothing may be wrong then."""

    def run(fault, **options):
        async def scene():
            async with Traffic(stack, **options) as traffic:
                assert len(traffic.tabs) >= SOCKETS
                await traffic.flow(CALM)
                with traffic.during():
                    await fault(traffic)
                await traffic.flow(CALM)
                found = await traffic.settle()
                assert not found, "\n".join([*found[:20], stack.output()])
                assert await apart(stack.set_aside) == 0
                guard(traffic)

        asyncio.run(scene())

    return run


def guard(traffic):
    """Something was said before, during and after the fault, and everybody was told a lot."""
    assert traffic.written[BEFORE] >= CALM
    assert traffic.written[DURING] >= 50
    assert traffic.written[AFTER] >= CALM
    assert traffic.counts()["tellings of stored"] > 2 * traffic.written.total()
