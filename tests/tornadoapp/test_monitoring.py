import asyncio
import time
from pathlib import Path
from uuid import uuid4

import pytest

from privatemessages import __version__
from privatemessages.broker import keys
from privatemessages.errors import Unavailable
from privatemessages.protocol import CloseCode
from privatemessages.tornadoapp.lag import INTERVAL
from tests.tornadoapp.client import CLOSE
from tests.tornadoapp.conftest import PARTITIONS, all_stored, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

STALL = 0.6  # s, between two bounds of the histogram


@pytest.fixture
def slowing(monkeypatch):
    """Has a worker dawdle with whoever arrives."""

    def slow_down(worker):
        arrive = worker.worker.identity.arrive

        async def slowly(session):
            await asyncio.sleep(0.5)
            return await arrive(session)

        monkeypatch.setattr(worker.worker.identity, "arrive", slowly)

    return slow_down


def of_page(worker):
    """What a scrape finds, by name and labels."""
    status, text = worker.get("/metrics")
    assert status == 200
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name.removeprefix("privatemessages_"): float(value) for name, value in lines}


class TestTheRoadOfAMessage:
    def test_the_way_to_the_sockets_is_measured_once_for_each_message(
        self, worker, enter, alice, bob, thread
    ):
        one, *others = enter(worker, alice), enter(worker, bob), enter(worker, bob)
        for _ in range(3):
            said = one.say(thread.id)
            one.until("accepted", id=said)
        for socket in others:
            socket.until("message", id=said)
        count = "accept_to_deliver_seconds_count"
        assert worker.eventually(lambda _: worker.metric(count) == worker.metric("accepted_total"))
        assert worker.metric(count) == 3
        assert 0 < worker.metric("accept_to_deliver_seconds_sum") < 3
        assert worker.metric("deliveries_total") >= 9

    def test_one_that_is_in_the_outbox_already_is_not_awaited(self, start, enter, alice, thread):
        worker = start(SEND_MESSAGE_API_URL="http://127.0.0.1:1/")
        socket, same = enter(worker, alice), str(uuid4())
        for _ in range(2):
            socket.until("accepted", id=socket.say(thread.id, message_id=same))
        socket.until("accepted", id=socket.say(thread.id))
        assert worker.eventually(lambda _: worker.metric("accept_to_deliver_seconds_count") == 2)
        assert not worker.worker.metrics.timing._awaited

    def test_batches_are_measured(self, worker, enter, alice, thread):
        enter(worker, alice).say(thread.id)
        assert all_stored(thread, 1)
        assert worker.eventually(lambda _: worker.metric("save_batch_messages_count") == 1)
        assert worker.metric("save_batch_messages_sum") == 1
        assert worker.metric("save_seconds_count") >= 1
        assert worker.metric("saved_total", status="stored") == 1

    def test_one_that_fails_is_measured_too(self, start, enter, alice, thread):
        worker = start(SEND_MESSAGE_API_URL="http://127.0.0.1:1/")
        enter(worker, alice).say(thread.id)
        assert worker.eventually(lambda _: worker.metric("save_failures_total") >= 1)
        assert worker.metric("save_seconds_count") >= 1
        assert worker.metric("save_batch_messages_count") == 0


class TestSockets:
    def test_how_they_end_is_counted(self, start, enter, alice, thread):
        worker = start(FRAME_BURST=5, FRAME_RATE=0.1)
        left, broken, flood = (enter(worker, alice) for _ in range(3))
        left.send_raw(CLOSE, b"\x03\xe8")
        assert left.closed() == 1000
        broken.__exit__()
        for _ in range(10):
            flood.send({"type": "ping"})
        assert flood.closed() == 4005
        enter(worker, alice)
        worker.stop_well()
        for how in ("left", "broken", "flood", "restarting"):
            assert worker.metric("closed_total", how=how) == 1, how
        assert worker.metric("sockets") == 0

    def test_what_is_not_greeted_is_counted_by_reason_and_did_not_end(
        self, start, connect, enter, alice, carol, thread
    ):
        worker = start(SOCKETS_PER_PERSON=1)
        first = enter(worker, alice)
        assert connect(worker, alice).closed() == 4504
        assert connect(worker).closed() == 4501
        assert connect(worker, carol, f"/{thread.id}/").closed() == 4503
        assert connect(worker, alice, headers={"Origin": "http://foreign.example"}).status == 403
        reasons = ("too_many_sockets", "not_signed_in", "forbidden", "origin")
        for reason in reasons:
            assert worker.metric("handshakes_refused_total", reason=reason) == 1, reason
        assert worker.metric("handshakes_total") == 1
        ended = [
            value for name, value in of_page(worker).items() if name.startswith("closed_total")
        ]
        assert sum(ended) == 0
        assert len(ended) > 5
        first.send({"type": "ping"})
        first.until("pong")

    def test_one_for_which_nothing_could_be_read_failed(self, worker, connect, alice, monkeypatch):
        async def fail(*_):
            raise Unavailable

        monkeypatch.setattr(worker.worker.identity, "arrive", fail)
        assert connect(worker, alice).closed() == 1011
        assert worker.metric("handshakes_refused_total", reason="failed") == 1

    def test_one_session_that_knocks_without_end_is_counted(self, start, connect, alice, slowing):
        worker = start(SOCKETS_PER_PERSON=1)
        slowing(worker)
        cookie = sign_in(alice)
        connect(worker, cookie=cookie)
        assert connect(worker, cookie=cookie).closed() == 4005
        assert worker.metric("handshakes_refused_total", reason="flood") == 1

    def test_one_that_comes_while_the_worker_drains_is_counted(self, worker, connect, alice):
        worker.call(lambda it: setattr(it, "draining", True))
        assert connect(worker, alice).status == 503
        worker.call(lambda it: setattr(it, "draining", False))
        assert worker.metric("handshakes_refused_total", reason="draining") == 1

    def test_one_that_is_closed_before_it_is_greeted_is_not_refused(
        self, worker, connect, alice, slowed
    ):
        asked = slowed("arrive", 0.3)
        connect(worker, alice)
        assert worker.eventually(lambda _: asked)
        worker.call(lambda it: [one.close(CloseCode.RESTARTING) for one in it.connections()])
        refused = "handshakes_refused_total"
        assert worker.eventually(lambda _: worker.metric(refused, reason="left") == 1)
        assert worker.metric(refused, reason="not_signed_in") == 0

    def test_all_that_may_happen_is_there_before_it_does(self, worker):
        found = of_page(worker)
        for name in (
            'handshakes_refused_total{reason="failed"}',
            'handshakes_refused_total{reason="flood"}',
            'closed_total{how="slow_reader"}',
            'saved_total{status="refused"}',
            'commands_total{outcome="failed"}',
        ):
            assert found[name] == 0, name


class TestTheWorkerItself:
    def test_a_loop_that_is_held_up_is_seen(self, worker):
        sums = "loop_lag_seconds_sum"
        assert worker.eventually(lambda _: worker.metric("loop_lag_seconds_count") >= 2)
        before = worker.metric(sums)
        worker.call(lambda _: time.sleep(STALL))
        assert worker.eventually(lambda _: worker.metric(sums) - before > STALL - INTERVAL)
        late = worker.metric("loop_lag_seconds_bucket", le="+Inf")
        assert late - worker.metric("loop_lag_seconds_bucket", le="0.25") >= 1

    def test_it_says_whether_it_is_ready(self, worker):
        found = of_page(worker)
        assert (found["ready"], found["draining"], found["redis_up"]) == (1, 0, 1)
        worker.call(lambda it: setattr(it, "draining", True))
        found = of_page(worker)
        worker.call(lambda it: setattr(it, "draining", False))
        assert (found["ready"], found["draining"]) == (0, 1)

    def test_it_measures_the_outbox(self, start, enter, alice, thread, redis_server):
        worker = start(SEND_MESSAGE_API_URL="http://127.0.0.1:1/")
        empty = of_page(worker)
        assert (empty["outbox_waiting"], empty["outbox_oldest_seconds"]) == (0, 0)
        socket = enter(worker, alice)
        socket.until("accepted", id=socket.say(thread.id))
        with redis_server.client() as store:
            fields = {"thread": thread.id, "frame": "{}", "reason": "because"}
            store.xadd(keys.dead(thread.id % PARTITIONS), fields)
        found = of_page(worker)
        assert found["outbox_waiting"] == 1
        assert 0 <= found["outbox_oldest_seconds"] < 60
        assert found["outbox_set_aside"] == 1

    def test_without_redis_it_says_so_and_measures_nothing_else(self, worker, redis_server):
        redis_server.kill()
        try:
            found = of_page(worker)
        finally:
            redis_server.start()
        assert (found["ready"], found["redis_up"]) == (0, 0)
        assert found["outbox_waiting"] != found["outbox_waiting"], "it is no number"
        assert worker.eventually(lambda it: it.broker.subscriptions.connected)

    def test_it_names_its_version(self, worker):
        build = next(name for name in of_page(worker) if name.startswith("build_info"))
        assert f'version="{__version__}"' in build
        assert 'protocol="1"' in build

    def test_it_tells_of_its_process(self, worker):
        found = of_page(worker)
        assert found["process_cpu_seconds_total"] > 0
        assert found["process_resident_memory_bytes"] > 10_000_000
        assert 3 < found["process_open_fds"] < found["process_max_fds"]
        assert found["process_open_fds"] == pytest.approx(
            len(list(Path("/proc/self/fd").iterdir())), abs=20
        )
