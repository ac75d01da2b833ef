import asyncio
from collections import defaultdict
from itertools import count, pairwise

import pytest

from privatemessages.protocol import CloseCode
from privatemessages.tornadoapp.connections import Connection
from privatemessages.tornadoapp.hub import Hub
from privatemessages.tornadoapp.limits import TokenBucket
from privatemessages.tornadoapp.monitoring import Metrics
from privatemessages.tornadoapp.sweeps import SLICES, Heartbeats
from tests.broker.running import asynchronous, soon
from tests.services import eventually

INTERVAL = 10.0
NO_THREAD = 987_654_321


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


def heard(at, *, greeted=True):
    connection = Connection(Transport(), Pinged(), TokenBucket(1, 1), "session", at)
    connection.greeted = greeted
    return connection


def looked_at(connection, *moments):
    """Pings written, and whether it was cut off."""
    beats = Heartbeats(Hub(), INTERVAL, Metrics())
    for now in moments:
        beats.check([connection], now)
    assert set(connection.outlet.written) <= {b"\x89\x00"}
    return len(connection.outlet.written), connection._transport.aborted


@pytest.mark.parametrize(("silent", "pings"), [(0, 0), (4.9, 0), (5.1, 1)])
def test_the_quiet_are_pinged(silent, pings):
    assert looked_at(heard(100.0), 100.0 + silent) == (pings, 0)


def test_who_leaves_two_pings_unanswered_is_cut_off_at_the_next_turn():
    assert looked_at(heard(0.0), 10.0, 20.0) == (2, 0)
    assert looked_at(heard(0.0), 10.0, 20.0, 30.0) == (2, 1)


def test_a_late_worker_cuts_off_nobody_whom_it_did_not_ask():
    """A loop that stood still has not yet read what was answered meanwhile."""
    assert looked_at(heard(0.0), 1000.0) == (1, 0)
    assert looked_at(heard(0.0), 10.0, 1000.0) == (2, 0)


def test_a_sign_of_life_makes_good_for_all_pings():
    connection = heard(0.0)
    assert looked_at(connection, 10.0, 20.0) == (2, 0)
    connection.hear(21.0)
    assert looked_at(connection, 30.0, 40.0) == (4, 0)


def test_who_was_not_greeted_yet_is_left_alone():
    """Nothing of it is read before, so it could not answer."""
    assert looked_at(heard(0.0, greeted=False), 10.0, 20.0, 30.0, 1000.0) == (0, 0)


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
        for turn in range(1, 4):
            it.heartbeats.check([connection], connection.heard_at + 1000 * turn)

    worker.call(late)
    assert enter(worker, alice).pong()


def test_who_waits_for_an_answer_of_the_database_is_left_alone(worker, slowed, enter, alice):
    """Nothing of it is read meanwhile, and without the database it could not come back."""
    asked = slowed("place", 0.5)
    socket = enter(worker, alice)
    socket.say(NO_THREAD)
    assert eventually(lambda: asked)

    def turn_three_times(it):
        [connection] = it.hub.connections()
        for turn in range(1, 4):
            it.heartbeats.check([connection], connection.heard_at + 1000 * turn)

    worker.call(turn_three_times)
    assert socket.receive()["code"] == "not_found"
    assert socket.pings == 3, "or haproxy would cut it off"
    socket.pongs = False
    worker.call(turn_three_times)
    assert socket.closed() == 1006


@asynchronous
async def test_everybody_has_their_turn_once_in_a_heartbeat_whoever_comes():
    """A socket that changed its place among the others could wait for nearly two."""
    hub, turns, checked = Hub(), count(), defaultdict(list)
    beats = Heartbeats(hub, 0.04, Metrics())
    everybody = [heard(0.0) for _ in range(45)]

    def connections():
        everybody[:0] = [heard(0.0)]
        return iter(everybody)

    def check(part, _):
        turn = next(turns)
        for connection in part:
            checked[connection].append(turn)

    hub.connections, beats.check = connections, check
    first = list(everybody)
    running = asyncio.create_task(beats.run())
    await soon(lambda: all(len(checked[connection]) >= 3 for connection in first))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert {b - a for found in checked.values() for a, b in pairwise(found)} == {SLICES}
    assert all(checked[connection][0] < SLICES for connection in first)
