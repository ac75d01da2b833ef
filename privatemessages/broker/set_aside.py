"""What was set aside because it only failed: looked at, put back, dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from . import commands
from .commands import Command
from .entries import Entry

PAGE = 500  # entries read at once

_name = re.compile(r"([0-9]{1,3}):([0-9]{1,19}-[0-9]{1,19})", re.ASCII)


class Retried(Enum):
    """What came of putting one back."""

    GONE = -1
    THERE = 0  # its sender has sent it again meanwhile: it was in the outbox
    BACK = 1


@dataclass(frozen=True)
class SetAside:
    partition: int
    entry: Entry
    reason: str

    @classmethod
    def of(cls, partition: int, raw: Any) -> SetAside:
        """From one element of an XRANGE reply, whatever somebody else may have put there."""
        entry_id, fields = raw
        if not isinstance(fields, dict):
            fields = dict(zip(fields[::2], fields[1::2], strict=True))
        thread = fields.get(b"thread", b"")
        thread_id = int(thread) if thread.isdigit() else 0
        entry = Entry(entry_id.decode(), thread_id, fields.get(b"frame", b""))
        return cls(partition, entry, fields.get(b"reason", b"").decode(errors="replace"))

    @property
    def name(self) -> str:
        """Among those of all partitions."""
        return f"{self.partition}:{self.entry.id}"


class SetAsides:
    """Every call raises Unavailable; `call` sends commands and returns their replies."""

    def __init__(self, call: Callable[[Sequence[Command]], list[Any]], partitions: int) -> None:
        self._call = call
        self._partitions = partitions

    def all(self) -> Iterator[SetAside]:
        """Partition by partition, in each the oldest first, read as one goes on."""
        for partition in range(self._partitions):
            yield from self._of(partition)

    def first(self, count: int) -> list[SetAside]:
        """The oldest `count` of each partition, in the order in which they were set aside."""
        every = range(self._partitions)
        replies = self._call([commands.read_set_aside(number, "-", count) for number in every])
        found = [
            SetAside.of(n, raw) for n, reply in zip(every, replies, strict=True) for raw in reply
        ]
        return sorted(found, key=lambda it: it.entry.age)

    def named(self, name: str) -> SetAside | None:
        """Raises ValueError for what names none."""
        parts = _name.fullmatch(name)
        if parts is None or int(parts[1]) >= self._partitions:
            raise ValueError(f"{name} is not the name of an entry, such as 7:1700000000000-0.")
        partition = int(parts[1])
        [reply] = self._call([commands.read_set_aside(partition, parts[2], 1, parts[2])])
        return SetAside.of(partition, reply[0]) if reply else None

    def retry(self, found: SetAside) -> Retried:
        """Back into its outbox, behind what followed it."""
        command = commands.retry(found.partition, found.entry)
        return Retried(self._call([command])[0])

    def drop(self, found: SetAside) -> bool:
        """For good; whether it was still there."""
        return bool(self._call([commands.drop(found.partition, found.entry)])[0])

    def _of(self, partition: int) -> Iterator[SetAside]:
        start = "-"
        while True:
            [reply] = self._call([commands.read_set_aside(partition, start, PAGE)])
            for raw in reply:
                yield SetAside.of(partition, raw)
            if len(reply) < PAGE:
                return
            start = f"({reply[-1][0].decode()}"
