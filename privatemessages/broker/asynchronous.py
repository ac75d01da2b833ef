"""The client of the workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import chain

from .. import protocol
from ..conf import Settings
from ..errors import Conflict, Unavailable
from . import addresses, commands, keys
from .blocking import OutboxState
from .durability import SECTIONS, Durability, durability_of
from .entries import Entry, identity_of
from .epochs import Epochs
from .links import Links
from .listening import PLAIN, SHARDED
from .routing import Router
from .spoken import SpokenReader
from .subscriptions import Subscriptions
from .topology import Topology
from .whereabouts import Whereabouts

FORGOTTEN = -1  # what `accept` answers in a Redis that was wiped, began anew, or took over


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
        self._address = address = addresses.parse(settings.REDIS_URL)
        self._telling = commands.telling(address)
        self._topology, links = Topology(address), Links(address)
        self._saving = Router(self._topology, links)
        self._epochs = Epochs(self._topology, self._saving, self.partitions)
        self._accepting = Router(self._topology, links, self._epochs.leave)
        dialect = SHARDED if address.kind == "cluster" else PLAIN
        self.subscriptions = Subscriptions(self._topology, links, dialect, on_frame, on_loss)
        self._spoken = SpokenReader(self._saving, self.partitions)
        self.whereabouts = Whereabouts(self._saving, self.partitions, self._telling)

    @property
    def address(self) -> str:
        """Where Redis is, for a log: without its password."""
        return str(self._address)

    def accept(self, message: protocol.MessageFrame) -> asyncio.Future[int]:
        """Into the outbox and out to the thread; 0 where it lies in the outbox already.

        FORGOTTEN where Redis was wiped or started again since `join_epochs`, or another server has
        taken over: then nothing was done, and nothing will be until every client has been told to
        send again from its oldest message.
        """
        server, epoch = self._epochs.at(self.partition_of(message.thread))
        identity, frame = identity_of(message), protocol.encode(message)
        wanted = commands.accept(
            self.partitions, message.thread, identity, frame, epoch, self._telling
        )
        return self._accepting.call_at(server, wanted)

    def tell_thread(self, thread_id: int, frame: protocol.Frame) -> asyncio.Future[int]:
        return self._tell(self.thread_channel(thread_id), frame)

    def tell_person(self, user_id: str, frame: protocol.Frame) -> asyncio.Future[int]:
        return self._tell(keys.user_channel(user_id), frame)

    def _tell(self, channel: str, frame: protocol.Frame) -> asyncio.Future[int]:
        return self._accepting.call(
            commands.publish(self._telling, channel, protocol.encode(frame))
        )

    async def spoken(self, thread_ids: Sequence[int]) -> list[Entry]:
        """What of these threads waits in the outboxes now, oldest first, within a limit."""
        return await self._spoken.read(thread_ids)

    async def read_outboxes(self, partitions: Sequence[int], count: int) -> list[list[Entry]]:
        """The oldest entries of each partition, at most `count` of each.

        None of one whose server is away, while others are there.
        """
        reads = [commands.read_outbox(partition, count) for partition in partitions]
        replies = await self._saving.call_each(reads)
        answers = [[] if isinstance(reply, Unavailable) else reply for reply in replies]
        return [[Entry.of(raw) for raw in answer] for answer in answers]

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

    async def lease(
        self, partitions: Sequence[int], holder: str, milliseconds: int
    ) -> dict[int, bool]:
        """Takes what is free and renews what is mine; returns of each whether it is mine now.

        Nothing of one whose server is away, while others are there.
        """
        wanted = [commands.lease(partition, holder, milliseconds) for partition in partitions]
        replies = zip(partitions, await self._saving.call_each(wanted), strict=True)
        return {number: bool(it) for number, it in replies if not isinstance(it, Unavailable)}

    async def release(self, partitions: Sequence[int], holder: str) -> None:
        await self._saving.call_all(
            [commands.release(partition, holder) for partition in partitions]
        )
        await self._saving.call(commands.publish(self._telling, keys.LEASES, b""))

    async def agree_on_partitions(self) -> None:
        """Raises Conflict where another number of partitions is in use and holds messages."""
        [noted] = await self._saving.call_all([commands.read_partitions()])
        if noted is not None and int(noted) == self.partitions:
            return
        if noted is not None:
            await self._refuse_if_filled(int(noted))
        await self._saving.call_all([("SET", keys.PARTITIONS, self.partitions)])

    async def _refuse_if_filled(self, noted: int) -> None:
        lengths = [commands.length(keys.outbox(partition)) for partition in range(noted)]
        if sum(await self._saving.call_all(lengths)):
            raise Conflict(
                f"The outboxes were filled with {noted} partitions, not {self.partitions}: "
                f"let them drain, or set PARTITIONS back to {noted}."
            )

    async def join_epochs(self) -> None:
        """From now on, accepts into what Redis remembers now, at the servers of now."""
        await self._epochs.join()

    async def begin_again(self) -> None:
        """The same after FORGOTTEN; raises Conflict as `agree_on_partitions`."""
        layout = self._topology.layout
        # The number may be forgotten like the rest, and a worker with another one would be let in.
        # What has fallen can be asked for nothing, and need not hold up the others.
        if layout.holder(keys.PARTITIONS) not in layout.fallen:
            await self.agree_on_partitions()
        await self.join_epochs()

    async def outbox_state(self) -> OutboxState:
        """How much waits, since when, and what was set aside."""
        every = range(self.partitions)
        waiting = await self._saving.call_all([commands.length(keys.outbox(p)) for p in every])
        dead = await self._saving.call_all([commands.length(keys.dead(p)) for p in every])
        first = chain.from_iterable(await self.read_outboxes(every, 1))
        oldest = min((entry.accepted_at for entry in first), default=None)
        return OutboxState(sum(waiting), oldest, sum(dead))

    async def waiting(self) -> int:
        """How many messages are spoken and not stored."""
        every = range(self.partitions)
        return sum(await self._saving.call_all([commands.length(keys.outbox(p)) for p in every]))

    async def durability(self) -> Durability:
        asked = [self._saving.call_everywhere(section) for section in SECTIONS]
        return durability_of([info for infos in await asyncio.gather(*asked) for info in infos])

    async def ping(self) -> None:
        await self._accepting.call_everywhere(("PING",))

    async def close(self) -> None:
        await self._topology.close()
        await self._accepting.close()
        await self._saving.close()

    def partition_of(self, thread_id: int) -> int:
        return keys.partition_of(thread_id, self.partitions)

    def thread_channel(self, thread_id: int) -> str:
        return keys.thread_channel(thread_id, self.partitions)
