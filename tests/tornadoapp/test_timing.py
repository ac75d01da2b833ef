import asyncio

import pytest

from privatemessages import protocol
from privatemessages.tornadoapp import timing
from privatemessages.tornadoapp.timing import Timing

THREAD = 42
SENDER = protocol.Sender(id="7", name='x","id":"forged')


@pytest.fixture
def measured():
    return []


@pytest.fixture
def clock():
    return [100.0]


@pytest.fixture
def road(measured, clock):
    return Timing(measured.append, lambda: clock[0])


def frame(message_id, thread=THREAD, text="hello"):
    return protocol.encode(
        protocol.MessageFrame(thread=thread, sender=SENDER, id=message_id, text=text, sent_at=1)
    )


def relay(road, raw, thread=THREAD, flush=lambda: None):
    """As the relay does: all sockets are written to in the same turn, and then it is over."""

    async def turn():
        asyncio.get_running_loop().call_soon(flush)
        road.relayed(thread, raw)
        await asyncio.sleep(0)

    asyncio.run(turn())


def test_it_lasts_until_the_sockets_have_been_written_to(road, measured, clock):
    road.begin(THREAD, "one")
    clock[0] += 0.5

    def flush():
        clock[0] += 0.25

    relay(road, frame("one"), flush=flush)
    assert measured == [0.75]


def test_each_message_is_measured_once(road, measured):
    road.begin(THREAD, "one")
    relay(road, frame("one"))
    relay(road, frame("one"))
    assert len(measured) == 1


@pytest.mark.parametrize(
    "raw",
    [
        frame("another"),
        frame("another", text='"id":"one"'),
        protocol.encode(
            protocol.Stored(
                thread=THREAD, messages=[protocol.StoredEntry(sender="7", id="one", seq=1)]
            )
        ),
    ],
)
def test_only_the_message_itself_ends_it(road, measured, raw):
    road.begin(THREAD, "one")
    relay(road, raw)
    assert measured == []
    relay(road, frame("one"))
    assert len(measured) == 1


def test_what_nobody_awaits_is_not_looked_at(road, measured):
    relay(road, frame("one"))
    assert measured == []


def test_threads_are_measured_beside_each_other(road, measured):
    road.begin(1, "one")
    road.begin(2, "two")
    relay(road, frame("two", thread=2), thread=2)
    relay(road, frame("one", thread=1), thread=1)
    assert len(measured) == 2


def test_of_one_thread_the_first_is_measured(road, measured, clock):
    road.begin(THREAD, "one")
    clock[0] += 1
    road.begin(THREAD, "two")
    relay(road, frame("two"))
    relay(road, frame("one"))
    assert measured == [1]


def test_what_was_not_published_is_not_awaited(road, measured):
    road.begin(THREAD, "one")
    road.forget(THREAD, "two")
    road.forget(THREAD, "one")
    relay(road, frame("one"))
    assert measured == []
    road.begin(THREAD, "three")
    relay(road, frame("three"))
    assert len(measured) == 1


def test_one_that_never_came_makes_room(road, measured, clock):
    road.begin(THREAD, "one")
    clock[0] += timing.PATIENCE
    road.begin(THREAD, "two")
    relay(road, frame("two"))
    assert measured == [0]


def test_what_is_awaited_is_bounded(road, measured):
    for thread in range(timing.AWAITED + 5):
        road.begin(thread, "one")
    assert len(road._awaited) == timing.AWAITED
    relay(road, frame("one", thread=0), thread=0)
    assert measured == [], "the oldest was given up"
