"""The one pub/sub connection of a worker, which notices its own losses.

What is published while a link is down is gone, and a half-open link is silent. So the link is
pinged, a broken one is replaced here and not by the client library, and when the channels of a
broken link are confirmed again, that is reported as a loss.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.exceptions import ConnectionError as LinkBroken

from ..errors import Unavailable
from .failures import CONNECT_TIMEOUT, CONNECTION_TROUBLE, RETRY_AFTER

PING_INTERVAL = 5.0  # s
PONG_TIMEOUT = 5.0  # s
CONFIRM_TIMEOUT = 5.0  # s
RECONNECT_PAUSE = 0.25  # s
CHANNELS_AT_ONCE = 500  # in one SUBSCRIBE

logger = logging.getLogger(__name__)


class Subscriptions:
    """`on_frame(channel, frame)` for each published frame; `on_loss()` when some may be missing."""

    def __init__(
        self,
        pool: ConnectionPool,
        on_frame: Callable[[str, bytes], None],
        on_loss: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._on_frame = on_frame
        self._on_loss = on_loss
        self._wanted: set[str] = set()
        self._confirmed: set[str] = set()
        self._missed: set[str] = set()  # confirmed on a link that broke, not yet on this one
        self._unanswered: Counter[str] = Counter()  # SUBSCRIBEs on their way
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._commands: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
        self._heard_at = 0.0
        self.connected = False

    async def subscribe(self, channels: Iterable[str]) -> None:
        """Returns when all are confirmed; raises Unavailable when that takes too long."""
        wanted = set(channels)
        new = wanted - self._wanted
        self._wanted |= new
        self._ask_for(new)
        waiting = [self._confirmation(name) for name in wanted - self._confirmed]
        if waiting:
            await self._confirmed_in_time(waiting)

    def unsubscribe(self, channels: Iterable[str]) -> None:
        """One queue carries both commands, so changes of one channel cannot overtake each other."""
        dropped = self._wanted.intersection(channels)
        self._wanted -= dropped
        self._confirmed -= dropped
        self._settle(dropped)
        if dropped:
            self._commands.put_nowait(("UNSUBSCRIBE", *dropped))

    async def run(self) -> None:
        """Keeps one link open, for ever; cancel it to stop."""
        while True:
            try:
                await self._live()
            except* CONNECTION_TROUBLE as trouble:
                logger.warning("The pub/sub link is down: %s", trouble.exceptions[0])
            self._bury()
            await asyncio.sleep(RECONNECT_PAUSE)

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
        self._ask_for(self._wanted)
        self._heard_at = asyncio.get_running_loop().time()
        self.connected = True

    def _bury(self) -> None:
        self.connected = False
        self._missed |= self._confirmed
        self._confirmed = set()

    def _ask_for(self, channels: Iterable[str]) -> None:
        names = list(channels)
        self._unanswered.update(names)
        for start in range(0, len(names), CHANNELS_AT_ONCE):
            self._commands.put_nowait(("SUBSCRIBE", *names[start : start + CHANNELS_AT_ONCE]))

    def _confirmation(self, channel: str) -> asyncio.Future[None]:
        if channel not in self._waiting:
            self._waiting[channel] = asyncio.get_running_loop().create_future()
        return self._waiting[channel]

    async def _confirmed_in_time(self, waiting: list[asyncio.Future[None]]) -> None:
        _, late = await asyncio.wait(waiting, timeout=CONFIRM_TIMEOUT)
        if late:
            raise Unavailable(reason="Redis confirms no channel.", retry_after=RETRY_AFTER)

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
            reply = await link.read_response()
            self._heard_at = clock()
            if isinstance(reply, list):
                self._take(reply)

    def _take(self, reply: list[bytes]) -> None:
        kind = reply[0]
        if kind == b"message":
            self._on_frame(reply[1].decode(), reply[2])
        elif kind == b"subscribe":
            self._confirm(reply[1].decode())

    def _confirm(self, channel: str) -> None:
        self._unanswered[channel] -= 1
        # An earlier SUBSCRIBE of a channel that was dropped and wanted again says nothing yet.
        if self._unanswered[channel] > 0 or channel not in self._wanted:
            return
        del self._unanswered[channel]
        self._confirmed.add(channel)
        if waiting := self._waiting.pop(channel, None):
            waiting.set_result(None)
        self._settle({channel})

    def _settle(self, channels: set[str]) -> None:
        """Nothing is missing on these any more; with the last of them the loss is complete."""
        if not self._missed & channels:
            return
        self._missed -= channels
        if not self._missed:
            logger.warning("What was published while the pub/sub link was down is lost.")
            self._on_loss()
