"""The outboxes as an operator looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import commands, keys
from .commands import Command
from .entries import Entry


@dataclass(frozen=True)
class Outbox:
    """`oldest` is when its oldest entry was accepted, in ms since 1970 by the clock of Redis."""

    partition: int
    waiting: int
    oldest: int | None
    set_aside: int
    holder: str | None  # the worker that saves it


class Outboxes:
    """Every call raises Unavailable; `call` sends commands and returns their replies."""

    def __init__(self, call: Callable[[Sequence[Command]], list[Any]], partitions: int) -> None:
        self._call = call
        self._partitions = partitions

    def states(self) -> list[Outbox]:
        every = range(self._partitions)
        waiting = self._call([commands.length(keys.outbox(number)) for number in every])
        first = self._call([commands.read_outbox(number, 1) for number in every])
        dead = self._call([commands.length(keys.dead(number)) for number in every])
        holders = self._call([commands.read_lease(number) for number in every])
        return [
            Outbox(number, count, _oldest(entries), set_aside, holder and holder.decode())
            for number, count, entries, set_aside, holder in zip(
                every, waiting, first, dead, holders, strict=True
            )
        ]

    def noted_partitions(self) -> int | None:
        """The number that the workers have agreed on."""
        [noted] = self._call([commands.read_partitions()])
        return None if noted is None else int(noted)

    def try_writing(self) -> None:
        """Where each outbox is, whatever is there is left alone."""
        self._call([commands.try_writing(number) for number in range(self._partitions)])

    def holds(self, thread_id: int, identity: str) -> bool:
        """Whether this message is in the outbox now."""
        partition = keys.partition_of(thread_id, self._partitions)
        return self._call([commands.find_entry(partition, identity)])[0] is not None

    def withdraw(self, thread_id: int, identities: Iterable[str]) -> int:
        """Takes these messages of one thread out, unsaved; how many were there."""
        partition = keys.partition_of(thread_id, self._partitions)
        return sum(self._call([commands.withdraw(partition, each) for each in identities]))


def _oldest(entries: Sequence[Any]) -> int | None:
    return Entry.of(entries[0]).accepted_at if entries else None
