import asyncio

import pytest

from privatemessages.protocol import CloseCode
from privatemessages.tornadoapp.connections import Connection
from privatemessages.tornadoapp.hub import Hub
from privatemessages.tornadoapp.limits import TokenBucket
from privatemessages.tornadoapp.monitoring import Metrics
from privatemessages.tornadoapp.sweeps import Heartbeats
from tests.broker.running import asynchronous, soon

INTERVAL = 10.0


class Transport:
    def __init__(self):
        self.aborted = 0

    def abort(self):
        self.aborted += 1


class Pinged:
    def __init__(self):
        self.written = []

    def write(self, framed):
        self.written.append(framed)


def heard(at):
    return Connection(Transport(), Pinged(), TokenBucket(1, 1), "session", at)


@pytest.mark.parametrize(
    ("silent", "pinged", "aborted"),
    [(0, 0, 0), (4.9, 0, 0), (5.1, 1, 0), (24.9, 1, 0), (25.1, 0, 1), (1000, 0, 1)],
)
def test_the_quiet_are_pinged_and_the_silent_cut_off(silent, pinged, aborted):
    beats = Heartbeats(Hub(), INTERVAL, Metrics())
    connection = heard(100.0)
    beats.check([connection], 100.0 + silent)
    assert connection.outlet.written == [b"\x89\x00"] * pinged
    assert connection._transport.aborted == aborted


pytestmark = pytest.mark.django_db(transaction=True)


def test_a_quiet_socket_that_answers_stays(start, enter, alice):
    socket = enter(start(HEARTBEAT=1), alice)
    socket.waiting(4)
    assert socket.pings >= 3
    assert socket.pong()


def test_a_socket_that_answers_no_ping_is_cut_off(start, enter, alice):
    worker = start(HEARTBEAT=1)
    socket = enter(worker, alice)
    socket.pongs = False
    assert socket.closed(seconds=6) == 1006
    assert worker.eventually(lambda it: not list(it.hub.connections()))
    assert worker.metric("silent_sockets_total") == 1
    assert worker.metric("sockets") == 0


@pytest.mark.parametrize("how", ["closed", "broken"])
def test_a_silent_socket_that_is_gone_already_does_no_harm(worker, enter, alice, how):
    """A sweep takes a while: of those that it began with, some are gone when their turn comes."""
    socket = enter(worker, alice)
    [connection] = worker.call(lambda it: list(it.hub.connections()))
    if how == "closed":
        worker.call(lambda _: connection.close(CloseCode.NOT_SIGNED_IN))
    else:
        socket.break_off()
    assert worker.eventually(lambda it: not list(it.hub.connections()))

    def late(it):
        it.heartbeats.check([connection], connection.heard_at + 1000)

    worker.call(late)
    assert enter(worker, alice).pong()


@asynchronous
async def test_a_sweep_reaches_everybody_once():
    hub, checked = Hub(), []
    beats = Heartbeats(hub, 0.04, Metrics())
    beats.check = lambda part, _: checked.extend(part)
    everybody = [heard(0.0) for _ in range(45)]
    hub.connections = lambda: iter(everybody)
    running = asyncio.create_task(beats.run())
    await soon(lambda: len(checked) >= len(everybody))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert set(checked[: len(everybody)]) == set(everybody)
