"""A worker takes its leave: nobody comes in, its sockets go, and nothing waits for it in vain."""

import asyncio
import signal
import socket as sockets
import time
from collections import Counter
from types import SimpleNamespace

import pytest

from privatemessages.broker.failures import REPLY_TIMEOUT
from privatemessages.models import Member
from privatemessages.protocol import CloseCode
from privatemessages.tornadoapp import draining
from tests.services import PYTHON, Process, RedisServer, eventually, free_port
from tests.tornadoapp.client import Closed, Socket
from tests.tornadoapp.conftest import PARTITIONS, all_stored, sign_in, stored_texts
from tests.tornadoapp.test_opening import delay
from tests.tornadoapp.test_serving import a_process, env  # noqa: F401 - a fixture

REFUSED = "http://127.0.0.1:1/"
LONG = 60.0  # s, for which nothing here may wait
SOON = 5.0  # s, on a busy machine
AT_MOST = draining.LAST_SAVE + draining.LAST_WORD + SOON

database = pytest.mark.django_db(transaction=True)


class Everybody(draining.Stop):
    """Sockets that only count how they are closed, and the pauses between."""

    def __init__(self, count, seconds):
        super().__init__()
        self.closed, self.batches, self.waited = Counter(), [0], 0.0
        self.settings = SimpleNamespace(DRAIN_SECONDS=seconds)
        self._connections = [self._one(number) for number in range(count)]

    def connections(self):
        return self._connections

    async def unless_hurried(self, *tasks, seconds):
        self.batches.append(0)
        self.waited += seconds

    def _one(self, number):
        def close(code):
            self.closed[number, code] += 1
            self.batches[-1] += 1

        return SimpleNamespace(close=close)

    def leave(self):
        asyncio.run(draining._send_away(self, self))
        again = self.batches.pop()  # once more, for who has come meanwhile
        assert again == len(self._connections)
        assert len(self.closed) == again
        assert {code for _, code in self.closed} <= {CloseCode.RESTARTING}


@pytest.mark.parametrize("count", [1, 19, 20, 21, 399, 2_001, 10_000])
def test_they_go_in_even_batches_over_the_whole_time_and_none_is_large(count):
    everybody = Everybody(count, 10.0)
    everybody.leave()
    assert max(everybody.batches) <= draining.BATCH
    assert max(everybody.batches) - min(everybody.batches) <= 1
    assert everybody.waited <= 10.001
    if count >= draining.STEPS:
        assert everybody.waited == pytest.approx(10.0)


def test_where_nobody_is_nothing_is_waited_for():
    nobody = Everybody(0, LONG)
    nobody.leave()
    assert nobody.waited == 0


@database
class TestDraining:
    def test_it_takes_nobody_in_sends_all_away_and_gives_its_leases_up(
        self, start, connect, enter, alice, bob, thread, redis_server
    ):
        worker = start(DRAIN_SECONDS=1.0)
        there = [enter(worker, alice) for _ in range(15)]
        worker.begin_to_stop()
        assert eventually(lambda: worker.get("/readyz")[0] == 503)
        assert "draining" in worker.get("/readyz")[1]
        assert worker.get("/healthz")[0] == 200
        assert connect(worker, bob).status == 503
        # In batches, so that they do not all come back at once.
        assert eventually(lambda: 0 < open_sockets(worker) < len(there))
        for socket in there:
            assert socket.closed() == 1012
        assert eventually(lambda: not worker.alive)
        with redis_server.client() as store:
            assert not store.keys("pm:*:lease")

    def test_what_was_accepted_until_then_is_stored(self, start, enter, alice, thread):
        worker = start()
        socket = enter(worker, alice)
        for number in range(25):
            socket.say(thread.id, str(number))
        worker.begin_to_stop()
        frames = socket.waiting(1)
        accepted = sum(isinstance(frame, dict) and frame["type"] == "accepted" for frame in frames)
        assert frames[-1] == Closed(1012)
        assert eventually(lambda: not worker.alive)
        start()
        assert all_stored(thread, accepted)
        assert stored_texts(thread) == [str(done) for done in range(thread.messages.count())]

    def test_a_django_that_is_away_does_not_hold_it_up(self, start, enter, alice, thread):
        worker = start(SEND_MESSAGE_API_URL=REFUSED)
        socket = enter(worker, alice)
        socket.until("accepted", id=socket.say(thread.id))
        began = time.monotonic()
        worker.stop_well()
        assert time.monotonic() - began < 7
        assert start().alive
        assert all_stored(thread, 1) is False or stored_texts(thread) == ["hello"]

    def test_a_redis_that_is_away_does_not_hold_it_up(self, start, enter, alice, redis_server):
        worker = start()
        enter(worker, alice)
        redis_server.kill()
        try:
            worker.stop_well()
        finally:
            redis_server.start()

    def test_it_is_not_ready_at_once_even_where_redis_does_not_answer(
        self, start, enter, alice, redis_server
    ):
        worker = start(DRAIN_SECONDS=LONG)
        enter(worker, alice)
        redis_server.pause()
        try:
            worker.begin_to_stop()
            assert worker.eventually(lambda it: it.draining)
            assert timed(worker.get, "/readyz") < REPLY_TIMEOUT / 2
            assert worker.get("/readyz")[0] == 503
            began = time.monotonic()
            worker.stop_well()
            assert time.monotonic() - began < AT_MOST
        finally:
            redis_server.resume()
        worker.complaints.lines.clear()

    def test_nobody_there_it_ends_at_once(self, start):
        worker = start(DRAIN_SECONDS=LONG)
        assert timed(worker.stop_well) < SOON

    def test_told_twice_it_hurries(self, start, enter, alice):
        worker = start(DRAIN_SECONDS=LONG)
        there = [enter(worker, alice) for _ in range(5)]
        worker.begin_to_stop()
        assert eventually(lambda: worker.get("/readyz")[0] == 503)
        assert open_sockets(worker) >= 4
        assert timed(worker.stop_well) < SOON
        assert [socket.closed() for socket in there] == [1012] * 5

    def test_a_socket_that_is_not_greeted_yet_is_sent_away_too(
        self, worker, connect, alice, slowed
    ):
        asked = slowed("arrive", 1.0)
        socket = connect(worker, alice)
        assert worker.eventually(lambda _: asked)
        worker.begin_to_stop()
        assert socket.receive() == Closed(1012)
        assert eventually(lambda: not worker.alive)
        assert worker.metric("handshakes_refused_total", reason="not_signed_in") == 0

    def test_a_plain_socket_is_sent_away_too(self, worker, connect, alice, thread):
        socket = connect(worker, alice, f"/{thread.id}/")
        assert worker.eventually(lambda it: list(it.hub.connections()))
        worker.begin_to_stop()
        assert socket.closed() == 1012

    def test_what_comes_while_the_last_batch_is_on_its_way_is_saved_in_one_more(
        self, worker, enter, alice, bob, thread
    ):
        posted = delay(worker, lambda it: it.saver._posting, "post", 0.5)
        socket = enter(worker, bob)
        socket.until("accepted", id=socket.say(thread.id))
        assert eventually(lambda: posted)
        socket.send({"type": "read", "thread": thread.id, "seq": 1})
        socket.until("accepted", id=socket.say(thread.id, "the last words"))
        worker.stop_well()
        assert stored_texts(thread) == ["hello", "the last words"]
        assert Member.objects.get(thread=thread, user=bob).read_seq == 1

    def test_another_worker_saves_from_then_on_without_waiting_for_a_lease(
        self, start, enter, alice, bob, thread
    ):
        first = start(LEASE_SECONDS=LONG)
        second = start(LEASE_SECONDS=LONG, leased=False)
        socket = enter(second, bob)
        first.stop_well()
        socket.until("accepted", id=socket.say(thread.id))
        assert all_stored(thread, 1, SOON)
        assert second.call(lambda it: len(it.saver.leases.held)) == PARTITIONS


def timed(act, *arguments):
    """Seconds that it took."""
    began = time.monotonic()
    act(*arguments)
    return time.monotonic() - began


def open_sockets(worker):
    return worker.call(lambda it: len(list(it.hub.connections())))


# The command, in a process of its own


@database
def test_kept_alive_connections_end_with_it(env, alice):  # noqa: F811 - a fixture
    port = free_port()
    with a_process(env, port) as process, sockets.create_connection(("127.0.0.1", port)) as kept:
        kept.settimeout(SOON)
        kept.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert kept.recv(1 << 16).startswith(b"HTTP/1.1 200")
        process.signal(signal.SIGTERM)
        assert process.wait(SOON) == 0
        assert kept.recv(1 << 16) == b""


@database
def test_it_does_not_wait_for_a_redis_that_does_not_answer(env):  # noqa: F811 - a fixture
    with RedisServer() as silent:
        command = [PYTHON, "manage.py", "starttornadoapp", str(port := free_port())]
        silent.pause()
        with Process(command, port=port, env=env | {"REDIS_URL": silent.url}) as process:
            process.signal(signal.SIGTERM)
            assert process.wait(SOON) == 0
            assert "Traceback" not in process.output()


@database
def test_it_does_not_wait_for_a_database_that_does_not_answer(
    env,  # noqa: F811 - a fixture
    alice,
    postgres_server,
):
    port, cookie = free_port(), sign_in(alice)
    with a_process(env | {"DRAIN_SECONDS": "0"}, port) as process:
        postgres_server.pause()
        try:
            with Socket(port, cookie=cookie) as socket:
                assert socket.status == 101
                process.signal(signal.SIGTERM)
                assert socket.closed() == 1012
                process.wait(AT_MOST)
        finally:
            postgres_server.resume()
