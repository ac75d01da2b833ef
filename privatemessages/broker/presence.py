"""Who is at which worker, as Redis holds it: one hash for each worker, a field for each thread.

A hash that is not renewed expires by the clock of Redis. The sorted set beside it only says which
hashes there may be, so that clocks of workers that differ do no harm.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import keys
from .commands import Command

FIELDS_AT_ONCE = 500  # threads in one command
FORGOTTEN_AFTER = 3_600_000  # ms from which a worker whose hash expired is listed no more


def tell(
    worker: str, people: Mapping[int, Collection[str]], now: int, expiry: int, *, afresh: bool
) -> list[Command]:
    """The first reply says whether there was anything of this worker. Milliseconds since 1970."""
    key = keys.present(worker)
    renewal: Command = ("PEXPIRE", key, expiry)
    cleaning: list[Command] = [("DEL", key)] if afresh else []
    listing: Command = ("ZADD", keys.WORKERS, now + expiry, worker)
    tidying: Command = ("ZREMRANGEBYSCORE", keys.WORKERS, "-inf", now - FORGOTTEN_AFTER)
    return [renewal, *cleaning, *_changes(key, people), renewal, listing, tidying]


def forget(worker: str) -> list[Command]:
    return [("DEL", keys.present(worker)), ("ZREM", keys.WORKERS, worker)]


def list_workers() -> Command:
    return ("ZRANGE", keys.WORKERS, 0, -1)


def ask(worker: str, thread_ids: Sequence[int]) -> Command:
    return ("HMGET", keys.present(worker), *thread_ids)


def union(thread_ids: Sequence[int], answers: Iterable[Sequence[Any]]) -> dict[int, set[str]]:
    """What all workers answered to `ask`, together."""
    found: dict[int, set[str]] = {thread_id: set() for thread_id in thread_ids}
    for answer in answers:
        for thread_id, people in zip(thread_ids, answer, strict=True):
            found[thread_id].update(json.loads(people) if people else ())
    return found


def _changes(key: str, people: Mapping[int, Collection[str]]) -> Iterator[Command]:
    filled = [(number, json.dumps(sorted(ids))) for number, ids in people.items() if ids]
    emptied = [number for number, ids in people.items() if not ids]
    for start in range(0, len(filled), FIELDS_AT_ONCE):
        yield ("HSET", key, *_flat(filled[start : start + FIELDS_AT_ONCE]))
    for start in range(0, len(emptied), FIELDS_AT_ONCE):
        yield ("HDEL", key, *emptied[start : start + FIELDS_AT_ONCE])


def _flat(pairs: Iterable[tuple[int, str]]) -> Iterator[int | str]:
    for pair in pairs:
        yield from pair
