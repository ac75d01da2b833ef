"""The client of the workers."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from .. import protocol
from ..conf import Settings
from ..errors import Conflict
from . import commands, keys
from .durability import Durability, durability_of
from .entries import Entry, identity_of
from .failures import CONNECT_TIMEOUT, REPLY_TIMEOUT, as_unavailable
from .pipelines import GatheringPipeline
from .spoken import SpokenReader
from .subscriptions import Subscriptions
from .whereabouts import Whereabouts

FORGOTTEN = -1  # what `accept` answers in a Redis that was wiped


class Broker:
    """Accepting has a connection of its own, so that a backlog being saved does not delay it.

    Every call raises Unavailable where Redis cannot be reached.
    """

    def __init__(
        self,
        settings: Settings,
        on_frame: Callable[[str, bytes], None],
        on_loss: Callable[[], None],
    ) -> None:
        self.partitions = settings.PARTITIONS
        self._client = Redis.from_url(settings.REDIS_URL, socket_timeout=None, **_OPTIONS)
        self._accepting = GatheringPipeline(self._client)
        self._saving = GatheringPipeline(self._client)
        self._links = ConnectionPool.from_url(
            settings.REDIS_URL, socket_timeout=None, protocol=2, **_OPTIONS
        )
        self.subscriptions = Subscriptions(self._links, on_frame, on_loss)
        self._epochs: dict[int, str] = {}
        self._spoken = SpokenReader(self._saving, self.partitions)
        self.whereabouts = Whereabouts(self._saving, self.partitions)

    @property
    def address(self) -> str:
        """Where Redis is, for a log: without its password."""
        options: dict[str, Any] = {"host": "localhost", "port": 6379}
        options |= self._links.connection_kwargs
        return options.get("path") or f"{options['host']}:{options['port']}"

    def accept(self, message: protocol.MessageFrame) -> asyncio.Future[int]:
        """Into the outbox and out to the thread; 0 where it lies in the outbox already.

        FORGOTTEN where Redis was wiped since `join_epochs`: then nothing was done, and nothing
        will be until every client has been told to send again from its oldest message.
        """
        epoch = self._epochs.get(self.partition_of(message.thread), "")
        identity, frame = identity_of(message), protocol.encode(message)
        return self._accepting.call(
            commands.accept(self.partitions, message.thread, identity, frame, epoch)
        )

    def tell_thread(self, thread_id: int, frame: protocol.Frame) -> asyncio.Future[int]:
        return self._tell(self.thread_channel(thread_id), frame)

    def tell_person(self, user_id: str, frame: protocol.Frame) -> asyncio.Future[int]:
        return self._tell(keys.user_channel(user_id), frame)

    def _tell(self, channel: str, frame: protocol.Frame) -> asyncio.Future[int]:
        return self._accepting.call(commands.publish(channel, protocol.encode(frame)))

    async def spoken(self, thread_ids: Sequence[int]) -> list[Entry]:
        """What of these threads waits in the outboxes now, oldest first, within a limit."""
        return await self._spoken.read(thread_ids)

    async def read_outboxes(self, partitions: Sequence[int], count: int) -> list[list[Entry]]:
        """The oldest entries of each partition, at most `count` of each."""
        reads = [commands.read_outbox(partition, count) for partition in partitions]
        replies = await self._saving.call_all(reads)
        return [[Entry.of(raw) for raw in reply] for reply in replies]

    async def acknowledge(self, entries: Sequence[Entry]) -> None:
        grouped: dict[int, list[Entry]] = {}
        for entry in entries:
            grouped.setdefault(self.partition_of(entry.thread_id), []).append(entry)
        await self._saving.call_all(
            [commands.acknowledge(partition, group) for partition, group in grouped.items()]
        )

    async def set_aside(self, entry: Entry, reason: str) -> None:
        await self._saving.call(
            commands.set_aside(self.partition_of(entry.thread_id), entry, reason)
        )

    async def lease(self, partitions: Sequence[int], holder: str, milliseconds: int) -> set[int]:
        """Takes what is free and renews what is mine; returns what is mine now."""
        wanted = [commands.lease(partition, holder, milliseconds) for partition in partitions]
        replies = await self._saving.call_all(wanted)
        return {number for number, mine in zip(partitions, replies, strict=True) if mine}

    async def release(self, partitions: Sequence[int], holder: str) -> None:
        await self._saving.call_all(
            [commands.release(partition, holder) for partition in partitions]
        )

    async def agree_on_partitions(self) -> None:
        """Raises Conflict where another number of partitions is in use and holds messages."""
        noted = await self._saving.call(("GET", keys.PARTITIONS))
        if noted is not None and int(noted) == self.partitions:
            return
        if noted is not None:
            await self._refuse_if_filled(int(noted))
        await self._saving.call(("SET", keys.PARTITIONS, self.partitions))

    async def _refuse_if_filled(self, noted: int) -> None:
        lengths = [commands.length(keys.outbox(partition)) for partition in range(noted)]
        if sum(await self._saving.call_all(lengths)):
            raise Conflict(
                f"The outboxes were filled with {noted} partitions, not {self.partitions}: "
                f"let them drain, or set PARTITIONS back to {noted}."
            )

    async def join_epochs(self) -> None:
        """From now on, accepts into what this Redis remembers now."""
        missing = set(range(self.partitions)) - (await self._read_epochs()).keys()
        # What is there is not written again: that would need room, and a full Redis has none.
        fresh = uuid.uuid4().hex
        await self._saving.call_all([commands.begin_epoch(number, fresh) for number in missing])
        self._epochs = await self._read_epochs()

    async def _read_epochs(self) -> dict[int, str]:
        every = range(self.partitions)
        found = await self._saving.call_all([commands.read_epoch(number) for number in every])
        return {number: epoch.decode() for number, epoch in enumerate(found) if epoch}

    async def waiting(self) -> int:
        """How many messages are spoken and not stored."""
        every = range(self.partitions)
        return sum(await self._saving.call_all([commands.length(keys.outbox(p)) for p in every]))

    async def durability(self) -> Durability:
        with as_unavailable():
            async with asyncio.timeout(REPLY_TIMEOUT):
                memory = await self._client.info("memory")
                persistence = await self._client.info("persistence")
        return durability_of(memory, persistence)

    async def ping(self) -> None:
        await self._accepting.call(("PING",))

    async def close(self) -> None:
        await self._client.aclose()

    def partition_of(self, thread_id: int) -> int:
        return keys.partition_of(thread_id, self.partitions)

    def thread_channel(self, thread_id: int) -> str:
        return keys.thread_channel(thread_id, self.partitions)


# Nothing is repeated behind our back: a repeated script is a message told twice.
_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": CONNECT_TIMEOUT,
    "retry": Retry(NoBackoff(), 0),
}
