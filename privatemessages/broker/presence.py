"""Who is at which worker, as Redis holds it: one hash for each worker.

It has a field for each thread, and one for each person. A hash that is not renewed expires by the
clock of Redis. The sorted set beside it only says which hashes there may be, so that clocks of
workers that differ do no harm. When people were here last is in a sorted set of its own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from . import keys
from .commands import Command

FIELDS_AT_ONCE = 500  # threads or people in one command
FORGOTTEN_AFTER = 3_600_000  # ms from which a worker whose hash expired is listed no more
SEEN_KEPT = 90 * 86_400_000  # ms

Field = int | str  # a thread's id, or `of_person`
AnyField = TypeVar("AnyField", int, str)


def of_person(user_id: str) -> str:
    """The field that holds nobody else. No thread's: those are digits."""
    return f"p:{user_id}"


def tell(
    worker: str, people: Mapping[Field, Collection[str]], now: int, expiry: int, *, afresh: bool
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


def ask(worker: str, fields: Sequence[Field]) -> Command:
    return ("HMGET", keys.present(worker), *fields)


def union(fields: Sequence[AnyField], answers: Iterable[Sequence[Any]]) -> dict[AnyField, set[str]]:
    """What all workers answered to `ask`, together."""
    found: dict[AnyField, set[str]] = {field: set() for field in fields}
    for answer in answers:
        for field, people in zip(fields, answer, strict=True):
            found[field].update(json.loads(people) if people else ())
    return found


def note_seen(moments: Mapping[str, int], now: int) -> list[Command]:
    """When each of these people was here, and never earlier than is known; ms since 1970."""
    pairs = [(moment, user_id) for user_id, moment in moments.items()]
    slices = [
        pairs[start : start + FIELDS_AT_ONCE] for start in range(0, len(pairs), FIELDS_AT_ONCE)
    ]
    notes: list[Command] = [("ZADD", keys.SEEN, "GT", *_flat(some)) for some in slices]
    return [*notes, ("ZREMRANGEBYSCORE", keys.SEEN, "-inf", now - SEEN_KEPT)]


def forget_seen(user_id: str) -> Command:
    return ("ZREM", keys.SEEN, user_id)


def ask_seen(user_ids: Sequence[str]) -> Command:
    return ("ZMSCORE", keys.SEEN, *user_ids)


def _changes(key: str, people: Mapping[Field, Collection[str]]) -> Iterator[Command]:
    filled = [(field, json.dumps(sorted(ids))) for field, ids in people.items() if ids]
    emptied = [field for field, ids in people.items() if not ids]
    for start in range(0, len(filled), FIELDS_AT_ONCE):
        yield ("HSET", key, *_flat(filled[start : start + FIELDS_AT_ONCE]))
    for start in range(0, len(emptied), FIELDS_AT_ONCE):
        yield ("HDEL", key, *emptied[start : start + FIELDS_AT_ONCE])


def _flat(pairs: Iterable[tuple[Field, str]]) -> Iterator[int | str]:
    for pair in pairs:
        yield from pair
