"""Pipelines that gather: what comes while one is on its way goes out together in the next.

The order of the calls is the order in Redis. Nothing is repeated after a lost reply: the caller
knows what repeating means, a client library does not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.exceptions import ConnectionError as LinkBroken
from redis.exceptions import RedisError, ResponseError

from ..errors import Unavailable
from .commands import Command
from .connecting import run_of
from .failures import CONNECTION_TROUBLE, REPLY_TIMEOUT, RETRY_AFTER, checked, is_misplaced

BATCH_LIMIT = 200  # commands in one pipeline
QUEUE_LIMIT = 20_000  # commands that may wait

# In C, as redis-py itself does it where it does not wait. Its stub means a tuple of any length.
_packed = cast(Callable[[Command], bytes], hiredis.pack_command)

Call = tuple[Command, "asyncio.Future[Any]"]


class GatheringPipeline:
    """Has one connection to one server. Replies are raw.

    `on_doubt()` is called where the server does not answer, or does not hold what it is asked for;
    `on_restart()`, where it is given, before anything is sent to another run of the server.
    """

    def __init__(
        self,
        pool: ConnectionPool,
        on_doubt: Callable[[], None],
        on_restart: Callable[[], None] | None = None,
    ) -> None:
        self._on_doubt = on_doubt
        self._on_restart = on_restart
        self._run: str | None = None  # of the server, as it was last
        self._waiting: deque[Call] = deque()
        self._under_way: list[Call] = []
        self._sending: asyncio.Task[None] | None = None
        self._link: AbstractConnection = pool.make_connection()
        self._displaced = False  # the server said so, and behind its name there may be another now

    def call(self, command: Command) -> asyncio.Future[Any]:
        """The reply, later; Unavailable where Redis is away, full or too far behind."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= QUEUE_LIMIT:
            future.set_exception(
                Unavailable(reason="Redis is too far behind.", retry_after=RETRY_AFTER)
            )
            return future
        self._waiting.append((command, future))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())
        return future

    async def close(self) -> None:
        """Who still waits is told so."""
        calls = [*self._under_way, *self._waiting]
        self._waiting.clear()
        for _, future in calls:
            self._answer(future, LinkBroken("the server holds nothing any more"))
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        await self._link.disconnect(nowait=True)

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                await self._send(self._next_batch())
        finally:
            self._sending = None

    def _next_batch(self) -> list[Call]:
        count = min(len(self._waiting), BATCH_LIMIT)
        return [self._waiting.popleft() for _ in range(count)]

    async def _send(self, batch: list[Call]) -> None:
        self._under_way = batch
        try:
            replies = await self._execute([command for command, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is not lost: every caller gets it
            # What waits behind fails too: it must not overtake, nor wait in vain once more.
            batch = [*batch, *self._waiting]
            self._waiting.clear()
            replies = [error] * len(batch)
        self._under_way = []
        for (_, future), reply in zip(batch, replies, strict=True):
            self._answer(future, reply)

    async def _execute(self, wanted: list[Command]) -> list[Any]:
        # The client's own pipelines cost twice as much for one command, and most batches are small.
        async with asyncio.timeout(REPLY_TIMEOUT):
            link = await self._ready_link()
            await link.send_packed_command(map(_packed, wanted), check_health=False)
            return [await _reply(link) for _ in wanted]

    async def _ready_link(self) -> AbstractConnection:
        """The same one for every batch, connected again where it was lost."""
        link = self._link
        # Nothing is owed, so what can be read is the end of it.
        if self._displaced or (link.is_connected and await link.can_read()):
            await link.disconnect(nowait=True)
            self._displaced = False
        if not link.is_connected:
            await self._connect()
        return link

    async def _connect(self) -> None:
        await self._link.connect()
        if self._on_restart is None:
            return
        try:
            await self._recognise(self._on_restart)
        except RedisError:
            await self._link.disconnect(nowait=True)
            raise

    async def _recognise(self, on_restart: Callable[[], None]) -> None:
        """What was to be sent was meant for the former run, so it fails."""
        await self._link.send_command("INFO", "server", check_health=False)
        run = run_of(await self._link.read_response())
        former, self._run = self._run, run
        if former not in {None, run}:
            on_restart()
            raise LinkBroken("the server was started again")

    def _answer(self, future: asyncio.Future[Any], reply: object) -> None:
        if isinstance(reply, Exception):
            self._look_into(reply)
        if future.done():
            return
        try:
            future.set_result(checked(reply))
        except Exception as error:  # noqa: BLE001 - it is not lost: whoever awaits it gets it
            future.set_exception(error)

    def _look_into(self, error: Exception) -> None:
        if is_misplaced(error):
            self._displaced = True
            self._on_doubt()
        elif isinstance(error, CONNECTION_TROUBLE):
            self._on_doubt()


async def _reply(link: AbstractConnection) -> Any:
    """As Redis gave it; an error of this one command is returned, so that the others are read."""
    try:
        return await link.read_response()
    except ResponseError as error:
        return error
