"""What is spoken and not yet stored, for sockets that have just connected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from operator import attrgetter

from ..errors import Unavailable
from . import commands, keys
from .entries import Entry
from .routing import Router

READ_LIMIT = 100  # newest entries of each partition; older ones are told when they are stored


class SpokenReader:
    """Thousands of sockets reconnect at once: those that wait at the same time share one read.

    A read is shared only by callers who asked before it began, so that nothing spoken before the
    asking is missing in the answer.
    """

    def __init__(self, router: Router, partitions: int) -> None:
        self._router = router
        self._partitions = partitions
        self._asked: set[int] = set()
        self._next: asyncio.Task[dict[int, list[Entry]]] | None = None
        self._reading = asyncio.Lock()

    async def read(self, thread_ids: Iterable[int]) -> list[Entry]:
        wanted = set(thread_ids)
        self._asked |= {keys.partition_of(thread, self._partitions) for thread in wanted}
        if self._next is None:
            self._next = asyncio.create_task(self._read_next())
        found = await asyncio.shield(self._next)
        return [entry for thread in wanted for entry in found.get(thread, ())]

    async def _read_next(self) -> dict[int, list[Entry]]:
        async with self._reading:
            asked, self._asked, self._next = sorted(self._asked), set(), None
            replies = await self._router.call_each(
                [commands.read_newest(partition, READ_LIMIT) for partition in asked]
            )
        # What lies at a server that is away is told when it is stored.
        answers = [reply for reply in replies if not isinstance(reply, Unavailable)]
        return _by_thread(Entry.of(raw) for answer in answers for raw in reversed(answer))


def _by_thread(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    grouped: dict[int, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.thread_id, []).append(entry)
    return grouped


def newest(entries: Iterable[Entry], room: int) -> list[Entry]:
    """As many of the newest as `room` bytes hold, the oldest of them first."""
    kept = []
    for entry in sorted(entries, key=attrgetter("age"), reverse=True):
        room -= len(entry.frame)
        if room < 0:
            break
        kept.append(entry)
    return kept[::-1]
