"""Outboxes, and what was set aside, in lines for people and in shapes for programs.

What was written is private, and is in neither.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from ..broker.outboxes import Outbox
from ..broker.set_aside import SetAside
from ..times import moment

MILLISECONDS = 1000  # in a second
HOLDER_LENGTH = 8  # characters, enough to tell workers apart


def waiting(states: Sequence[Outbox]) -> str:
    oldest = _oldest(states)
    if oldest is None:
        return "0 waiting"
    return f"{sum(state.waiting for state in states)} waiting, the oldest for {_age(oldest):.0f} s"


def saving(states: Sequence[Outbox]) -> str:
    holders = [state.holder for state in states if state.holder]
    if not holders:
        return "Nobody saves: no worker runs, or none that uses this Redis."
    if len(holders) < len(states):
        return f"{len(holders)} of {len(states)} outboxes are saved by {_workers(holders)}"
    return f"Saved by {_workers(holders)}"


def _workers(holders: Iterable[str]) -> str:
    count = len(set(holders))
    return f"{count} worker" if count == 1 else f"{count} workers"


def _oldest(states: Iterable[Outbox]) -> int | None:
    return min((state.oldest for state in states if state.oldest is not None), default=None)


def _age(accepted_at: int) -> float:
    """Seconds since a moment in milliseconds since 1970."""
    return max(0.0, time.time() - accepted_at / MILLISECONDS)


def outbox_line(state: Outbox) -> str:
    age = "" if state.oldest is None else f", the oldest for {_age(state.oldest):.0f} s"
    by = f"worker {state.holder[:HOLDER_LENGTH]}" if state.holder else "nobody"
    return f"  {state.partition:3}: {state.waiting} waiting{age}; saved by {by}"


def line(found: SetAside) -> str:
    when = moment(found.entry.accepted_at).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"  {found.name}  {when}  {_identity(found)}  {found.reason}"


def _identity(found: SetAside) -> str:
    """Thread, sender and id; what was written is private."""
    named = found.entry.named
    thread = f"thread {found.entry.thread_id}"
    return f"{thread}  person {named.sender.id}  {named.id}" if named else f"{thread}  unreadable"


def report(states: Sequence[Outbox], found: Iterable[SetAside]) -> dict[str, Any]:
    oldest = _oldest(states)
    return {
        "waiting": sum(state.waiting for state in states),
        "oldest_seconds": None if oldest is None else round(_age(oldest), 3),
        "set_aside": sum(state.set_aside for state in states),
        "partitions": [_partition(state) for state in states],
        "entries": [_entry(each) for each in found],
    }


def _partition(state: Outbox) -> dict[str, Any]:
    return {
        "partition": state.partition,
        "waiting": state.waiting,
        "oldest_seconds": None if state.oldest is None else round(_age(state.oldest), 3),
        "set_aside": state.set_aside,
        "worker": state.holder,
    }


def _entry(found: SetAside) -> dict[str, Any]:
    named = found.entry.named
    return {
        "entry": found.name,
        "set_aside_at": found.entry.accepted_at,
        "thread": found.entry.thread_id,
        "sender": named and named.sender.id,
        "id": named and named.id,
        "reason": found.reason,
    }
