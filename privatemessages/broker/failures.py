"""Failures of Redis as the rest of the house knows them."""

from __future__ import annotations

import re
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
    return Unavailable(reason=f"Redis: {type(error).__name__}", retry_after=RETRY_AFTER)


def checked(reply: object) -> object:
    """A reply of a pipeline; raises Unavailable for trouble that passes, others as they are."""
    if isinstance(reply, Exception):
        raise unavailable(reply) if _passes(reply) else reply
    return reply


def _passes(error: Exception) -> bool:
    return isinstance(error, PASSING_REFUSALS) or _passing_code.search(str(error)) is not None


# Full, still loading its files, a replica now, in election, or out of reach behind the connection.
PASSING_REFUSALS = (
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.BusyLoadingError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.ClusterDownError,
    *CONNECTION_TROUBLE,
)

# The client has no class for a disk that is full or replicas that are gone. Before Redis 7, what
# a script met stands within another error.
_passing_code = re.compile(
    r"^(MISCONF|NOREPLICAS) |: -(OOM|LOADING|READONLY|MISCONF|\w+DOWN|NOREPLICAS) "
)
