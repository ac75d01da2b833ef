"""Every command that is sent to Redis, as plain tuples; both clients send the same ones.

Scripts go as EVAL with their text: they are short, and an EVALSHA that meets a restarted Redis
would have to be repeated, which breaks the order in a pipeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from . import keys
from .addresses import Address
from .entries import Entry

DEAD_LIMIT = 10_000  # set-aside entries kept in each partition

Command = tuple[str | bytes | int, ...]
Telling = Literal["PUBLISH", "SPUBLISH"]  # in a cluster the second: only where the slot is


def telling(address: Address) -> Telling:
    return "SPUBLISH" if address.kind == "cluster" else "PUBLISH"


_scripts = {path.stem: path.read_bytes() for path in (Path(__file__).parent / "scripts").iterdir()}


def accept(  # noqa: PLR0913, PLR0917 - all that the script is told
    partitions: int, thread_id: int, identity: str, frame: bytes, epoch: str, telling: Telling
) -> Command:
    partition = keys.partition_of(thread_id, partitions)
    touched = (
        keys.outbox(partition),
        keys.outbox_ids(partition),
        keys.thread_channel(thread_id, partitions),
        keys.wake_channel(partition),
        keys.epoch(partition),
    )
    return _evaluate("accept", touched, identity, thread_id, frame, epoch, telling)


def join_epoch(partition: int, left: str, fresh: str) -> Command:
    """Keeps the one that there is, unless it is the one to be left."""
    return _evaluate("join_epoch", (keys.epoch(partition),), left, fresh)


def publish(telling: Telling, channel: str, frame: bytes) -> Command:
    return (telling, channel, frame)


def read_outbox(partition: int, count: int) -> Command:
    return ("XRANGE", keys.outbox(partition), "-", "+", "COUNT", count)


def read_newest(partition: int, count: int) -> Command:
    return ("XREVRANGE", keys.outbox(partition), "+", "-", "COUNT", count)


def acknowledge(partition: int, entries: Sequence[Entry]) -> Command:
    named = [part for entry in entries for part in (entry.id, entry.identity)]
    touched = (keys.outbox(partition), keys.outbox_ids(partition))
    return _evaluate("acknowledge", touched, *named)


def set_aside(partition: int, entry: Entry, reason: str) -> Command:
    touched = (keys.outbox(partition), keys.outbox_ids(partition), keys.dead(partition))
    told = (entry.id, entry.identity, entry.thread_id, entry.frame, reason, DEAD_LIMIT)
    return _evaluate("set_aside", touched, *told)


def read_set_aside(partition: int, start: str, count: int, end: str = "+") -> Command:
    return ("XRANGE", keys.dead(partition), start, end, "COUNT", count)


def retry(partition: int, entry: Entry) -> Command:
    touched = (keys.outbox(partition), keys.outbox_ids(partition), keys.dead(partition))
    return _evaluate("retry", touched, entry.id, entry.identity)


def drop(partition: int, entry: Entry) -> Command:
    return ("XDEL", keys.dead(partition), entry.id)


def find_entry(partition: int, identity: str) -> Command:
    return ("HGET", keys.outbox_ids(partition), identity)


def withdraw(partition: int, identity: str) -> Command:
    return _evaluate("withdraw", (keys.outbox(partition), keys.outbox_ids(partition)), identity)


def lease(partition: int, holder: str, milliseconds: int) -> Command:
    return _evaluate("lease", (keys.outbox_lease(partition),), holder, milliseconds)


def release(partition: int, holder: str) -> Command:
    return _evaluate("release", (keys.outbox_lease(partition),), holder)


def read_lease(partition: int) -> Command:
    return ("GET", keys.outbox_lease(partition))


def read_partitions() -> Command:
    return ("GET", keys.PARTITIONS)


def try_writing(partition: int) -> Command:
    """A millisecond's trace, where what needs memory or a writable server would be refused."""
    return ("SET", keys.trial(partition), "", "PX", 1)


def length(key: str) -> Command:
    return ("XLEN", key)


def _evaluate(script: str, touched: tuple[str, ...], *arguments: str | bytes | int) -> Command:
    return ("EVAL", _scripts[script], len(touched), *touched, *arguments)
