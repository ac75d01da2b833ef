"""What is done to a server while it is measured. Each runs in a process of its own."""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import uuid4

from redis.asyncio import Redis

from bench.sockets import Socket, open_sockets
from bench.usage import cpu_seconds, memory_kib
from bench.world import Member

IDLE_SOCKETS = 1000
THREAD_SOCKETS = 1000
MESSAGES = 60  # to each of them
TEXT = "What is said between two people is seldom longer than this line of text."
SPEAKING_PAUSE = 1.0  # seconds between two messages of a person
SPEAKING_ROUNDS = 5  # messages of each person
WARM_UP = 2  # rounds before anything counts
SETTLE = 1.0  # seconds, for what is still on its way
STORE_TIMEOUT = 60.0  # seconds

MICROSECONDS = 1_000_000

Figures = dict[str, float]


@dataclass(frozen=True)
class Target:
    """The server that is measured, and how one speaks with it."""

    pid: int
    django: list[int]  # the processes behind it
    port: int
    path: str  # of a socket, with a place for the thread's id
    channel: str  # where the frames of the first pair's thread are published
    redis: str
    members: list[Member]

    def sockets(self, members: Iterable[Member]) -> list[tuple[str, str]]:
        return [(self.path.format(member.thread), member.cookie) for member in members]


def idle(target: Target) -> Figures:
    return asyncio.run(_idle(target))


def delivery(target: Target) -> Figures:
    return asyncio.run(_delivery(target))


def pairs(target: Target) -> Figures:
    return asyncio.run(_pairs(target))


async def _idle(target: Target) -> Figures:
    """Handshakes, and what the sockets hold once they are silent."""
    members = target.members * (IDLE_SOCKETS // len(target.members))
    warm = await open_sockets(target.port, target.sockets(target.members), _ignore)
    memory, cpu, began = memory_kib(target.pid), cpu_seconds([target.pid]), time.monotonic()
    opened = await open_sockets(target.port, target.sockets(members), _ignore)
    seconds = time.monotonic() - began
    figures = {
        "handshakes": len(opened) / seconds,
        "handshake_cpu": (cpu_seconds([target.pid]) - cpu) / len(opened) * MICROSECONDS,
    }
    await asyncio.sleep(SETTLE)
    figures["memory"] = (memory_kib(target.pid) - memory) / len(opened)
    await _close([*warm, *opened])
    return figures


async def _delivery(target: Target) -> Figures:
    """Each frame is published when all have the one before, so that none share a write."""
    pair = target.members[:2]
    count = _Count()
    wanted = target.sockets(pair * (THREAD_SOCKETS // 2))
    opened = await open_sockets(target.port, wanted, count.add)
    frame = _message(pair[0])
    async with Redis.from_url(target.redis) as redis:
        for _ in range(WARM_UP):
            await _publish(redis, target.channel, frame, count)
        cpu = cpu_seconds([target.pid])
        for _ in range(MESSAGES):
            await _publish(redis, target.channel, frame, count)
        cpu = cpu_seconds([target.pid]) - cpu
    await _close(opened)
    return {"delivery_cpu": cpu / (MESSAGES * THREAD_SOCKETS) * MICROSECONDS}


async def _publish(redis: Redis, channel: str, frame: bytes, count: "_Count") -> None:
    reached = count.reach(THREAD_SOCKETS)
    await redis.publish(channel, frame)
    async with asyncio.timeout(STORE_TIMEOUT):
        await reached


async def _pairs(target: Target) -> Figures:
    """Everybody speaks at a steady rate, and all of it is waited for until it is stored."""
    stored = _Stored()
    opened = await open_sockets(target.port, target.sockets(target.members), stored.add)
    await _speak(opened, target.members, stored, rounds=WARM_UP)
    processes = {"message_cpu": [target.pid], "django_cpu": target.django}
    before = {name: cpu_seconds(pids) for name, pids in processes.items()}
    delays = await _speak(opened, target.members, stored, rounds=SPEAKING_ROUNDS)
    figures = {
        name: (cpu_seconds(pids) - before[name]) / len(delays) * MICROSECONDS
        for name, pids in processes.items()
    }
    await _close(opened)
    return figures | {"stored_ms": statistics.median(delays) * 1000}


async def _speak(
    opened: list[Socket], members: list[Member], stored: "_Stored", *, rounds: int
) -> list[float]:
    """The seconds that each message took until its sender knew it stored."""
    sent: dict[str, float] = {}
    for _ in range(rounds):
        for socket, member in zip(opened, members, strict=True):
            frame = {"type": "send", "id": str(uuid4()), "thread": member.thread, "text": TEXT}
            sent[frame["id"]] = time.monotonic()
            socket.send(frame)
            await asyncio.sleep(SPEAKING_PAUSE / len(opened))
    await stored.all_of(sent.keys())
    return [stored.at[name] - began for name, began in sent.items()]


def _message(member: Member) -> bytes:
    sender = {"id": "1", "name": "alice0"}
    frame = {"type": "message", "thread": member.thread, "sender": sender, "id": str(uuid4())}
    return json.dumps(frame | {"kind": "text", "text": TEXT}).encode()


def _ignore(_: bytes) -> None: ...


class _Count:
    """Of messages; says when so many more have come."""

    def __init__(self) -> None:
        self._missing = 0
        self._reached: asyncio.Future[None] | None = None

    def reach(self, more: int) -> "asyncio.Future[None]":
        self._missing = more
        self._reached = asyncio.get_running_loop().create_future()
        return self._reached

    def add(self, frame: bytes) -> None:
        if b'"message"' not in frame:  # who came and went is told in between
            return
        self._missing -= 1
        if self._missing == 0 and self._reached is not None:
            self._reached.set_result(None)


class _Stored:
    """When each message was first told to be stored."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self._more = asyncio.Event()

    def add(self, frame: bytes) -> None:
        if b'"stored"' not in frame:
            return
        for entry in json.loads(frame)["messages"]:
            self.at.setdefault(entry["id"], time.monotonic())
        self._more.set()

    async def all_of(self, sent: Collection[str]) -> None:
        async with asyncio.timeout(STORE_TIMEOUT):
            while not self.at.keys() >= set(sent):
                await self._more.wait()
                self._more.clear()


async def _close(opened: list[Socket]) -> None:
    for socket in opened:
        socket.close()
    await asyncio.sleep(SETTLE)


SCENARIOS: list[Callable[[Target], Figures]] = [idle, delivery, pairs]
