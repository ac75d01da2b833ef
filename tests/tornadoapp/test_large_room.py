"""A room of 5,000 people: what one message costs does not grow with the number of its members."""

import asyncio
import json
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.contrib import auth
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.sockets import Socket, open_sockets
from myproject.sessions import SessionStore
from privatemessages import actions
from privatemessages.models import Thread
from privatemessages.tornadoapp import presence
from tests.faults.waiting import until
from tests.messenger import entry, fill, make_people

MEMBERS, CONNECTED = 5_000, 500
FEW = 5  # members of the other room, all of them connected
POSTS = 25  # to the save endpoint, for each room
MESSAGES = 4  # through a socket, for each room
SLOWER = 2.0  # times that the median of the large room may take, on a busy machine
TOLD = 2  # frames that everybody gets for one message: as it is spoken, and as it is stored
OPEN_WAIT, QUIET_WAIT, STORE_WAIT = 60.0, 30.0, 10.0  # s
NEVER = 3600  # s; so that nothing else is to be done meanwhile
QUIET = 0.3  # s
TICK = 0.2  # s that the worker may wait before it tells who is there

WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"

pytestmark = pytest.mark.django_db(transaction=True)


def make_room(name, size):
    """Its people, the owner first."""
    people = make_people(size, name)
    room = actions.make_room(people[0], name)
    fill(room, people[1:])
    room = Thread.objects.get(pk=room.pk)
    assert room.member_count == room.members.count() == size
    return room, people


@pytest.fixture
def small_room(db):
    return make_room("Study", FEW)


@pytest.fixture
def large_room(db):
    return make_room("Square", MEMBERS)


def save(room, person):
    """One message, as a worker hands it to Django; seconds."""
    content = {"messages": [entry(room, person).model_dump()], "reads": []}
    headers = {"Authorization": "Bearer the workers' key"}
    began = time.perf_counter()
    answer = Client().post(
        "/messages/send_message_api/", content, "application/json", headers=headers
    )
    seconds = time.perf_counter() - began
    assert [result["status"] for result in answer.json()["results"]] == ["stored"]
    return seconds


def rows_written():
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return int(cursor.fetchone()[0])


def cost_of_saving(room, person):
    """Queries, without what they are about, and rows written."""
    with transaction.atomic():
        before = rows_written()
        with CaptureQueriesContext(connection) as queries:
            save(room, person)
        return [query["sql"].split()[0] for query in queries], rows_written() - before


def test_saving_a_message_costs_the_same(small_room, large_room, redis_server):
    costs = []
    for room, people in (small_room, large_room):
        save(room, people[1])  # the first one of a person may differ
        costs.append(cost_of_saving(room, people[1]))
    print(f"\nqueries {len(costs[0][0])}, rows written {costs[0][1]}")
    assert costs[0] == costs[1]
    assert costs[0][1] == len(["the message", "the thread", "its sender's count"])
    small, large = medians_of_saving(small_room, large_room)
    print(f"save POST: {small * 1000:.1f} ms with {FEW} members, {large * 1000:.1f} with {MEMBERS}")
    assert large < SLOWER * small


def medians_of_saving(small_room, large_room):
    """By turns, so that what else the machine does concerns both; seconds."""
    seconds = {room: [] for room, _ in (small_room, large_room)}
    for _ in range(POSTS):
        for room, people in (small_room, large_room):
            seconds[room].append(save(room, people[1]))
    return [statistics.median(found) for found in seconds.values()]


def session_of(person):
    """As `login` makes it."""
    store = SessionStore()
    store[auth.SESSION_KEY] = str(person.pk)
    store[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[auth.HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return store.session_key


@dataclass
class Audience:
    """The sockets of a room's people; `told` counts what they heard of each message."""

    room: Thread
    sockets: list[Socket] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    async def come(self, worker, cookies):
        wanted = [("/ws/", f"sessionid={cookie}") for cookie in cookies]
        async with asyncio.timeout(OPEN_WAIT):
            self.sockets = await open_sockets(worker.port, wanted, self._hear)

    async def go(self):
        for socket in self.sockets:
            socket.close()
        await asyncio.sleep(QUIET)

    def _hear(self, raw):
        frame = json.loads(raw)
        if frame["type"] == "message":
            self.told["message", frame["id"]] += 1
        elif frame["type"] == "stored":
            self.told.update(("stored", stored["id"]) for stored in frame["messages"])

    async def speak(self):
        """One message, until everybody knows it to be stored."""
        name, everybody = str(uuid4()), len(self.sockets)
        frame = {"type": "send", "id": name, "thread": self.room.pk, "text": "hello"}
        self.sockets[0].send(frame)
        await until(lambda: self.told["stored", name] == everybody, STORE_WAIT)
        assert self.told["message", name] == everybody


@dataclass
class Meter:
    """What one act costs Redis and the worker's sockets."""

    worker: object
    redis: object

    async def cost(self, act):
        before = await self._read()
        await act
        after = await self._read()
        return after - before

    async def _read(self):
        await asyncio.to_thread(self.worker.eventually, is_idle)
        found = Counter(deliveries=self._metric("deliveries"), writes=self._metric("writes"))
        for command, stats in self.redis.info("commandstats").items():
            found[command] = stats["calls"]
        # The asking itself, and what the worker asks every few seconds to see that Redis is there.
        for command in ("cmdstat_info", "cmdstat_ping"):
            del found[command]
        return found

    def _metric(self, name):
        return int(self.worker.metric(f"{name}_total"))


def is_idle(worker):
    return not worker.saver._busy and not worker.saver._woken


@pytest.fixture
def quiet_worker(start, monkeypatch):
    """It does nothing of itself, so that all that it does is counted for a message."""
    monkeypatch.setattr(presence, "TICK", TICK)
    monkeypatch.setattr(presence, "RENEWAL", NEVER)
    return start(LEASE_SECONDS=NEVER, RECHECK=NEVER, HEARTBEAT=NEVER)


def test_a_message_costs_redis_and_each_socket_the_same(
    quiet_worker, small_room, large_room, redis_server
):
    async def scene():
        for audience, cookies in zip(audiences, sessions, strict=True):
            await audience.come(quiet_worker, cookies)
        meter = Meter(quiet_worker, client)
        for audience in audiences:
            await audience.speak()
        async with asyncio.timeout(QUIET_WAIT):
            while await meter.cost(asyncio.sleep(TICK + QUIET)):
                pass  # it is still telling who is there
        costs = [
            [await meter.cost(audience.speak()) for audience in audiences] for _ in range(MESSAGES)
        ]
        for audience in audiences:
            await audience.go()
        return costs

    rooms = (small_room, large_room)
    audiences = [Audience(room) for room, _ in rooms]
    sessions = [[session_of(person) for person in people[:CONNECTED]] for _, people in rooms]
    with redis_server.client() as client:
        costs = asyncio.run(scene())
    for turn in costs:
        for cost, connected in zip(turn, (FEW, CONNECTED), strict=True):
            assert cost.pop("deliveries") == TOLD * connected
            # And `accepted`, which goes to the sender alone, with another frame or by itself.
            assert cost.pop("writes") - TOLD * connected in {0, 1}
    print(f"\nRedis: {dict(costs[0][0])}")
    assert costs[0][0]["cmdstat_xadd"] == 1
    for small, large in costs:
        assert small == large
