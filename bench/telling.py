"""What one Redis carries: accepting, publishing, and what it holds. CPU is that of its process."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

from redis import Redis

from bench.usage import cpu_seconds
from bench.world import Member
from privatemessages import protocol
from privatemessages.broker import commands, keys
from privatemessages.broker.commands import Command
from privatemessages.broker.entries import identity_of
from privatemessages.conf import Settings
from tests.services import RedisServer

ACCEPTS = 50_000
PUBLISHED = 50_000
AT_ONCE = 50  # in one pipeline, as a busy worker gathers them
LISTENERS = 8  # workers that listen to one thread
READ = 1 << 20  # bytes
CHANNELS = 50_000
COPIES = 20_000
SESSION = secrets.token_urlsafe(200)  # about as long as a session of Django's is
TEXT = "What is said between two people is seldom longer than this line of text."
MICROSECONDS = 1_000_000

PARTITIONS = Settings().PARTITIONS

Figures = dict[str, float]


def measure(server: RedisServer, members: Sequence[Member]) -> Figures:
    with Redis.from_url(server.url) as redis:
        figures = {
            **_accepting(server, redis, members),
            **_publishing(server, redis, 1),
            **_publishing(server, redis, LISTENERS),
            **_channels(server, redis),
            **_copies(redis),
        }
    server.wipe()
    return figures


def _accepting(server: RedisServer, redis: Redis, members: Sequence[Member]) -> Figures:
    redis.mset({keys.epoch(partition): "bench" for partition in range(PARTITIONS)})
    held = _used(redis)
    seconds, cpu = _timed(
        server, redis, [_accept(members[n % len(members)]) for n in range(ACCEPTS)]
    )
    return {
        "Redis: messages accepted per second": ACCEPTS / seconds,
        "Redis: CPU per message accepted (µs)": cpu / ACCEPTS * MICROSECONDS,
        "Redis: memory per message in the outbox (bytes)": (_used(redis) - held) / ACCEPTS,
    }


def _accept(member: Member) -> Command:
    message = protocol.MessageFrame(
        thread=member.thread,
        sender=protocol.Sender(id=member.user, name="alice0"),
        id=str(uuid4()),
        text=TEXT,
        sent_at=int(time.time() * 1000),
    )
    identity, frame = identity_of(message), protocol.encode(message)
    return commands.accept(PARTITIONS, member.thread, identity, frame, "bench", "PUBLISH")


def _publishing(server: RedisServer, redis: Redis, listeners: int) -> Figures:
    """Frames of 220 bytes, to so many who listen to the channel."""
    channel = keys.thread_channel(1, PARTITIONS)
    with _listening(server, channel, listeners):
        told = [commands.publish("PUBLISH", channel, b"x" * 220)] * PUBLISHED
        seconds, cpu = _timed(server, redis, told)
    return {
        f"Redis: frames published per second, {listeners} listening": PUBLISHED / seconds,
        f"Redis: CPU per frame, {listeners} listening (µs)": cpu / PUBLISHED * MICROSECONDS,
    }


@contextmanager
def _listening(server: RedisServer, channel: str, listeners: int) -> Iterator[None]:
    links = [socket.create_connection(("127.0.0.1", server.address)) for _ in range(listeners)]
    for link in links:
        link.sendall(f"SUBSCRIBE {channel}\r\n".encode())
        link.recv(READ)
    readers = [threading.Thread(target=_drain, args=(link,)) for link in links]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        for link, reader in zip(links, readers, strict=True):
            link.shutdown(socket.SHUT_RDWR)
            reader.join()
            link.close()


def _drain(link: socket.socket) -> None:
    while link.recv(READ):
        pass


def _channels(server: RedisServer, redis: Redis) -> Figures:
    """Of as many threads, to which one worker listens."""
    held = _used(redis)
    with Redis.from_url(server.url).pubsub() as listener:
        for start in range(0, CHANNELS, AT_ONCE):
            numbers = range(start, start + AT_ONCE)
            listener.subscribe(*[keys.thread_channel(n, PARTITIONS) for n in numbers])
            for _ in numbers:
                listener.parse_response()
        return {"Redis: memory per channel of a worker (bytes)": (_used(redis) - held) / CHANNELS}


def _copies(redis: Redis) -> Figures:
    held = _used(redis)
    for number in range(COPIES):
        redis.set(f"session:{{{number:032}}}:copy:{'0' * 32}", SESSION, ex=300)
    return {"Redis: memory per copy of a session (bytes)": (_used(redis) - held) / COPIES}


def _timed(server: RedisServer, redis: Redis, wanted: Sequence[Command]) -> tuple[float, float]:
    """Seconds, and those of its processor."""
    began, cpu = time.monotonic(), cpu_seconds([server.pid])
    for start in range(0, len(wanted), AT_ONCE):
        with redis.pipeline(transaction=False) as pipeline:
            for command in wanted[start : start + AT_ONCE]:
                pipeline.execute_command(*command)
            pipeline.execute()
    return time.monotonic() - began, cpu_seconds([server.pid]) - cpu


def _used(redis: Redis) -> int:
    return int(redis.info("memory")["used_memory"])
