"""Failures of Redis as the rest of the house knows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis.exceptions

from ..errors import Unavailable

RETRY_AFTER = 1000  # ms
CONNECT_TIMEOUT = 2.0  # s
REPLY_TIMEOUT = 5.0  # s

CONNECTION_TROUBLE = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, OSError)


@contextmanager
def as_unavailable() -> Iterator[None]:
    try:
        yield
    except CONNECTION_TROUBLE as error:
        raise unavailable(error) from error


def unavailable(error: BaseException) -> Unavailable:
    return Unavailable(f"Redis: {type(error).__name__}", retry_after=RETRY_AFTER)


def checked(reply: object) -> object:
    """A reply of a pipeline; raises Unavailable for trouble that passes, others as they are."""
    if isinstance(reply, PASSING_REFUSALS):
        raise unavailable(reply)
    if isinstance(reply, Exception):
        raise reply
    return reply


# Full, still loading its files, a replica now, or out of reach behind the connection.
PASSING_REFUSALS = (
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.BusyLoadingError,
    redis.exceptions.ReadOnlyError,
    *CONNECTION_TROUBLE,
)
