"""Saving, end to end: from the outbox through Django into the database, whatever happens."""

import dataclasses
import http.server
import logging
import threading
import time

import pytest
from django.utils import timezone

from privatemessages import saving, wiring
from privatemessages.broker import keys
from privatemessages.models import Member, Message, Thread
from privatemessages.tornadoapp import leases, outbox
from tests.messenger import write
from tests.services import eventually
from tests.tornadoapp.conftest import PARTITIONS, all_stored, stored_texts
from tests.tornadoapp.running import RunningWorker

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
def store(redis_server):
    with redis_server.client() as client:
        yield client


def bring_back(worker, live_server):
    """From now on Django is where the worker saves."""
    caller = worker.worker.saver._posting._caller
    url = f"{live_server.url}/messages/send_message_api/"
    caller._endpoint = dataclasses.replace(caller._endpoint, url=url)


def say(socket, thread, *texts):
    for text in texts:
        socket.until("accepted", id=socket.say(thread.id, text))


def waiting(store):
    return sum(store.xlen(keys.outbox(number)) for number in range(PARTITIONS))


def test_what_is_saved_leaves_the_outbox_with_its_note(worker, enter, alice, thread, store):
    socket = enter(worker, alice)
    say(socket, thread, "one", "two")
    assert all_stored(thread, 2)
    assert eventually(lambda: waiting(store) == 0)
    assert not store.keys("pm:*:ids")
    assert worker.metric("saved_total", status="stored") == 2
    assert worker.metric("accept_to_store_seconds_count") == 2


def test_what_piled_up_while_django_was_away_is_stored_in_order(
    start, enter, alice, bob, thread, store, live_server
):
    worker = start(SEND_MESSAGE_API_URL=NOWHERE, SEND_BURST=100)
    socket, other = enter(worker, alice), enter(worker, bob)
    texts = [str(number) for number in range(50)]
    say(socket, thread, *texts)
    # Talking does not wait for it.
    assert [other.until("message")["text"] for _ in texts] == texts
    assert stored_texts(thread) == []
    assert worker.eventually(lambda _: worker.metric("save_failures_total") >= 2)
    assert waiting(store) == 50
    bring_back(worker, live_server)
    assert all_stored(thread, 50)
    assert stored_texts(thread) == texts
    assert eventually(lambda: waiting(store) == 0)
    assert store.xlen(keys.dead(thread.id % PARTITIONS)) == 0


def test_a_wrong_key_loses_nothing(start, enter, settings, alice, thread, store):
    settings.API_KEY = "another key"
    worker = start()
    settings.API_KEY = "the right key"
    socket = enter(worker, alice)
    say(socket, thread, "one", "two", "three")
    assert worker.eventually(lambda _: worker.metric("save_failures_total") >= 4)
    assert (waiting(store), stored_texts(thread)) == (3, [])
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"API_KEY_FALLBACKS": ["another key"]}
    assert all_stored(thread, 3)
    assert stored_texts(thread) == ["one", "two", "three"]


def test_a_redirect_loses_nothing_and_is_not_followed(start, enter, alice, thread, store):
    class Elsewhere(http.server.BaseHTTPRequestHandler):
        asked = []

        def do_POST(self):
            self.asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", "/followed/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_): ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        worker = start(SEND_MESSAGE_API_URL=f"http://127.0.0.1:{server.server_port}/save/")
        say(enter(worker, alice), thread, "one")
        assert eventually(lambda: len(Elsewhere.asked) >= 3)
        assert waiting(store) == 1
        server.shutdown()
        serving.join()
    assert set(Elsewhere.asked) == {"/save/"}


class TestPoison:
    @pytest.fixture(autouse=True)
    def poisoned(self, monkeypatch):
        """Django fails at everything that holds this word, as a bug of ours would make it."""
        entry = saving._entry

        def broken(raw):
            if "poison" in str(raw):
                raise RuntimeError("a bug")
            return entry(raw)

        monkeypatch.setattr(saving, "_entry", broken)
        monkeypatch.setattr(outbox, "BACKOFF", 0.01)
        monkeypatch.setattr(outbox, "BACKOFF_LIMIT", 0.05)

    @pytest.mark.parametrize("behind", [True, False])
    def test_it_is_set_aside_and_the_rest_is_stored_in_order(
        self, start, enter, alice, bob, carol, store, behind, caplog
    ):
        """Wherever the others' outbox stands, who have something new for every batch."""
        worker = start(SEND_RATE=1000, SEND_BURST=1000, FRAME_RATE=1000, FRAME_BURST=1000)
        first, second = a_thread(1, alice, bob), a_thread(2, bob, carol, alice)
        thread, elsewhere = (first, second) if behind else (second, first)
        mine, others = enter(worker, alice), enter(worker, bob)
        say(mine, thread, "one", "poison", "two")
        for number in range(200):
            say(others, elsewhere, str(number))
            if store.xlen(keys.dead(thread.id % PARTITIONS)):
                break
            time.sleep(0.02)
        assert all_stored(thread, 2)
        assert stored_texts(thread) == ["one", "two"]
        assert all_stored(elsewhere, number + 1)
        assert stored_texts(elsewhere) == [str(done) for done in range(number + 1)]
        [found] = wiring.broker().set_asides.first(10)
        assert found.entry.message.text == "poison"
        assert "500" in found.reason
        assert worker.metric("set_aside_total") == 1
        [told] = [line for line in caplog.records if "is set aside" in line.getMessage()]
        assert (told.thread_id, told.message_id) == (thread.id, found.entry.message.id)
        assert told.levelno == logging.ERROR
        assert eventually(lambda: waiting(store) == 0)
        worker.forgive()

    def test_alone_it_is_tried_for_ever(self, worker, enter, alice, thread, store):
        say(enter(worker, alice), thread, "poison")
        assert worker.eventually(lambda _: worker.metric("save_failures_total") >= 20)
        assert waiting(store) == 1
        assert worker.metric("set_aside_total") == 0
        worker.forgive()


def a_thread(partition, *people):
    made = Thread.objects.create(id=partition + 100 * PARTITIONS)
    for person in people:
        Member.objects.create(thread=made, user=person, joined_at=timezone.now())
    return made


def test_read_marks_that_could_not_be_saved_are_saved_later(
    start, enter, alice, bob, thread, live_server, monkeypatch
):
    monkeypatch.setattr(outbox, "READS_PAUSE", 0.1)
    write(bob, thread, "one", "two")
    worker = start(SEND_MESSAGE_API_URL=NOWHERE)
    socket = enter(worker, alice)
    socket.send({"type": "read", "thread": thread.id, "seq": 1})
    assert worker.eventually(lambda _: worker.metric("save_failures_total") >= 2)
    socket.send({"type": "read", "thread": thread.id, "seq": 2})
    bring_back(worker, live_server)
    assert eventually(lambda: Member.objects.get(user=alice).read_seq == 2)


class TestLease:
    def test_of_two_workers_one_saves_each_partition(self, start, enter, alice, thread):
        one, other = start(LEASE_SECONDS=0.6), start(LEASE_SECONDS=0.6, leased=False)
        every = set(range(PARTITIONS))
        assert one.worker.saver.leases.held | other.worker.saver.leases.held == every
        assert not one.worker.saver.leases.held & other.worker.saver.leases.held
        say(enter(other, alice), thread, "hello")
        assert all_stored(thread, 1)

    def test_after_a_death_another_takes_over_within_the_lease(
        self, configure, enter, alice, thread, store
    ):
        lease = 1.0  # seconds
        for number in range(PARTITIONS):
            store.set(keys.outbox_lease(number), "one that died", px=int(lease * 1000))
        began = time.monotonic()
        with RunningWorker(configure(LEASE_SECONDS=lease), leased=False) as worker:
            say(enter(worker, alice), thread, "hello")
            assert stored_texts(thread) == []
            assert all_stored(thread, 1)
            assert 0.5 < time.monotonic() - began < 3 * lease

    def test_a_worker_that_ends_gives_its_lease_up(self, start, enter, alice, thread, store):
        one = start(LEASE_SECONDS=60)
        assert store.exists(keys.outbox_lease(0))
        one.stop_well()
        assert not store.keys("pm:*:lease")
        worker = start(LEASE_SECONDS=60)
        say(enter(worker, alice), thread, "hello")
        assert all_stored(thread, 1)

    def test_two_holders_for_a_moment_store_everything_once(
        self, start, enter, alice, thread, monkeypatch
    ):
        monkeypatch.setattr(leases, "RENEWALS", 1)
        one, other = start(), start(leased=False)
        for worker in (one, other):
            worker.call(lambda it: it.saver.leases.held.update(range(PARTITIONS)))
        socket = enter(one, alice)
        for number in range(20):
            say(socket, thread, str(number))
            for worker in (one, other):
                worker.call(lambda it: it.saver.wake(thread.id % PARTITIONS))
        assert all_stored(thread, 20)
        assert stored_texts(thread) == [str(number) for number in range(20)]
        assert Message.objects.count() == 20

    def test_trouble_of_redis_does_not_end_the_worker(
        self, start, enter, alice, thread, redis_server, store
    ):
        worker = start(LEASE_SECONDS=0.6)
        socket = enter(worker, alice)
        store.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        store.config_set("maxmemory", 1)
        time.sleep(0.5)
        store.config_set("maxmemory", 0)
        redis_server.pause()
        time.sleep(0.5)
        redis_server.resume()
        assert socket.pong()
        message_id = socket.say(thread.id)
        # Its connection was killed under it: told at once, and the client says it again.
        while socket.receive()["type"] == "error":
            socket.say(thread.id, message_id=message_id)
        assert all_stored(thread, 1)
        assert stored_texts(thread) == ["hello"]


def test_the_outbox_drains_while_redis_is_full(start, enter, alice, thread, store, live_server):
    worker = start(SEND_MESSAGE_API_URL=NOWHERE, LEASE_SECONDS=0.6)
    socket = enter(worker, alice)
    say(socket, thread, "one", "two")
    store.config_set("maxmemory", 1)
    try:
        bring_back(worker, live_server)
        assert all_stored(thread, 2)
        assert eventually(lambda: waiting(store) == 0)
    finally:
        store.config_set("maxmemory", 0)
    say(socket, thread, "three")
    assert all_stored(thread, 3)
