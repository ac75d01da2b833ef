"""One pub/sub connection, to one server, which notices its own losses.

What is published while a link is down is gone, and a half-open link is silent. So the link is
pinged, and a broken one is replaced here and not by the client library.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.exceptions import ConnectionError as LinkBroken
from redis.exceptions import MovedError, ResponseError

from .addresses import Server
from .commands import Command
from .failures import CONNECT_TIMEOUT, CONNECTION_TROUBLE, is_misplaced
from .layouts import slot_of

PING_INTERVAL = 5.0  # s
PONG_TIMEOUT = 5.0  # s
RECONNECT_PAUSE = 0.25  # s, doubling
RECONNECT_LIMIT = 2.0  # s
CHANNELS_AT_ONCE = 500  # in one SUBSCRIBE

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dialect:
    """The commands, and what the replies to them and the frames begin with."""

    subscribe: str
    unsubscribe: str
    message: bytes
    sharded: bool

    def groups(self, channels: Iterable[str]) -> Iterator[list[str]]:
        """What one command may name: in a cluster, channels of one slot."""
        grouped: dict[int, list[str]] = defaultdict(list)
        for channel in channels:
            grouped[slot_of(channel) if self.sharded else 0].append(channel)
        for names in grouped.values():
            for start in range(0, len(names), CHANNELS_AT_ONCE):
                yield names[start : start + CHANNELS_AT_ONCE]


PLAIN = Dialect("SUBSCRIBE", "UNSUBSCRIBE", b"message", sharded=False)
SHARDED = Dialect("SSUBSCRIBE", "SUNSUBSCRIBE", b"smessage", sharded=True)


class Listener(Protocol):
    """What a link tells."""

    def on_frame(self, channel: str, frame: bytes) -> None: ...

    def on_confirmed(self, link: Link, channel: str) -> None: ...

    def on_down(self, link: Link) -> None: ...

    def on_displaced(self, link: Link, channels: Collection[str]) -> None:
        """The server holds them no more."""


class Link:
    def __init__(
        self, server: Server, pool: ConnectionPool, dialect: Dialect, listener: Listener
    ) -> None:
        self.server = server
        self.channels: set[str] = set()
        self.connected = False
        self._pool = pool
        self._dialect = dialect
        self._listener = listener
        self._unanswered: Counter[str] = Counter()  # SUBSCRIBEs on their way
        self._commands: asyncio.Queue[Command] = asyncio.Queue()
        self._heard_at = 0.0
        self._pause = RECONNECT_PAUSE

    def ask_for(self, channels: Collection[str]) -> None:
        self.channels.update(channels)
        self._unanswered.update(channels)
        for names in self._dialect.groups(channels):
            self._commands.put_nowait((self._dialect.subscribe, *names))

    def drop(self, channels: Collection[str]) -> None:
        """One queue carries both commands, so changes of one channel cannot overtake each other."""
        self.channels.difference_update(channels)
        for names in self._dialect.groups(channels):
            self._commands.put_nowait((self._dialect.unsubscribe, *names))

    async def run(self) -> None:
        """Keeps it open, for ever; cancel it to stop."""
        while True:
            try:
                await self._live()
            except* CONNECTION_TROUBLE as trouble:
                self._complain(trouble.exceptions[0])
            finally:
                self.connected = False
            self._listener.on_down(self)
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, RECONNECT_LIMIT)

    def _complain(self, trouble: Exception) -> None:
        """Once, however long it lasts."""
        if self._pause == RECONNECT_PAUSE:
            logger.warning("The pub/sub link to %s is down: %s", self.server, trouble)

    async def _live(self) -> None:
        link = self._pool.make_connection()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await link.connect()
            self._start()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(link))
                tasks.create_task(self._write(link))
                tasks.create_task(self._watch())
        finally:
            await link.disconnect(nowait=True)

    def _start(self) -> None:
        self._commands = asyncio.Queue()
        self._unanswered.clear()
        self.ask_for(frozenset(self.channels))
        self._heard_at = asyncio.get_running_loop().time()
        self._pause = RECONNECT_PAUSE
        self.connected = True

    async def _write(self, link: AbstractConnection) -> None:
        while True:
            await link.send_command(*await self._commands.get(), check_health=False)

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        while clock() - self._heard_at < PING_INTERVAL + PONG_TIMEOUT:
            self._commands.put_nowait(("PING",))
            await asyncio.sleep(PING_INTERVAL)
        raise LinkBroken("no answer to a ping")

    async def _read(self, link: AbstractConnection) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            try:
                reply = await link.read_response()
            except ResponseError as error:
                self._take_refusal(error)
                continue
            self._heard_at = clock()
            if isinstance(reply, list):
                self._take(reply)

    def _take(self, reply: list[bytes]) -> None:
        kind, channel = reply[0], reply[1].decode()
        if kind == self._dialect.message:
            self._listener.on_frame(channel, reply[2])
        elif kind.endswith(b"unsubscribe"):
            self._release(channel)
        elif kind.endswith(b"subscribe"):
            self._confirm(channel)

    def _confirm(self, channel: str) -> None:
        self._unanswered[channel] -= 1
        # An earlier SUBSCRIBE of a channel that was dropped and wanted again says nothing yet.
        if self._unanswered[channel] > 0:
            return
        del self._unanswered[channel]
        if channel in self.channels:
            self._listener.on_confirmed(self, channel)

    def _release(self, channel: str) -> None:
        """A server that gives a slot away tells so, unasked, of the channels in it."""
        if channel in self.channels and not self._unanswered[channel]:
            self._displace({channel})

    def _take_refusal(self, error: ResponseError) -> None:
        if isinstance(error, MovedError):
            self._displace({it for it in self.channels if slot_of(it) == error.slot_id})
        elif is_misplaced(error):
            raise LinkBroken(str(error)) from error
        else:
            raise error

    def _displace(self, channels: set[str]) -> None:
        self.channels -= channels
        for channel in channels:
            del self._unanswered[channel]
        if channels:
            self._listener.on_displaced(self, channels)
