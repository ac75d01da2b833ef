"""Each mechanism that keeps a promise, switched off: then the check of the faults must say so."""

from tests.client import Switches
from tests.faults.check import problems
from tests.faults.playing import kinds, played
from tests.faults.traffic import Traffic
from tests.faults.waiting import apart

OUTBOX = 50  # messages that are spoken and not stored when Redis is wiped


async def wipe_a_full_outbox(traffic):
    stack = traffic.stack
    await apart(stack.django.stop)
    await traffic.flow(100)
    assert await apart(stack.waiting) >= OUTBOX
    await apart(stack.redis.wipe)
    await apart(stack.django.start)


async def write_while_redis_is_away(traffic):
    stack = traffic.stack
    await apart(stack.redis.kill)
    await traffic.write_in_django(next(iter(traffic.company.sessions)), 10)
    await apart(stack.redis.start)


def test_without_sending_again_a_wiped_redis_loses_messages(stack):
    found = played(Traffic, stack, wipe_a_full_outbox, switches=Switches(resend=False))
    assert sum(problem.startswith("lost:") for problem in found) >= OUTBOX


def test_without_catching_up_clients_differ_from_the_history(stack):
    found = played(Traffic, stack, write_while_redis_is_away, switches=Switches(catch_up=False))
    assert kinds(found) == {"differs"}


def test_without_beginning_with_the_oldest_the_order_is_lost(stack):
    found = played(Traffic, stack, wipe_a_full_outbox, switches=Switches(in_order=False))
    assert "order" in kinds(found)


def test_without_a_fault_nothing_is_wrong_with_what_they_see(stack):
    """So what is found above is the fault's and the switch's doing."""

    async def nothing(traffic):
        assert not problems({}, [], [])

    assert not played(Traffic, stack, nothing, switches=Switches(resend=False, catch_up=False))
