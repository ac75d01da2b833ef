"""Failures of Redis as the rest of the house knows them."""

from __future__ import annotations

import re

import redis.exceptions

from ..errors import Unavailable

RETRY_AFTER = 1000  # ms
CONNECT_TIMEOUT = 2.0  # s
REPLY_TIMEOUT = 5.0  # s

CONNECTION_TROUBLE = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, OSError)


class Unsent(redis.exceptions.ConnectionError):
    """Nothing of it has left this process; `cause` is what kept it, such as a wrong password."""

    def __init__(self, message: str = "", cause: BaseException | None = None) -> None:
        super().__init__(message)
        self.__cause__ = cause


def unavailable(error: BaseException) -> Unavailable:
    met = error.__cause__ or error if isinstance(error, Unsent) else error
    return Unavailable(reason=f"Redis: {type(met).__name__}", retry_after=RETRY_AFTER)


def checked(reply: object) -> object:
    """A reply of a pipeline; raises Unavailable for trouble that passes, others as they are."""
    if isinstance(reply, Exception):
        raise unavailable(reply) if _passes(reply) else reply
    return reply


def is_misplaced(error: BaseException) -> bool:
    """Whether another server may hold this now; nothing was done by this one."""
    return isinstance(error, MISPLACED) or _misplacing_code.search(str(error)) is not None


def _passes(error: Exception) -> bool:
    passes = isinstance(error, PASSING_REFUSALS) or is_misplaced(error)
    return passes or _passing_code.search(str(error)) is not None


# A replica now, in election, or moved, wholly or so far in part.
MISPLACED = (
    redis.exceptions.ReadOnlyError,
    redis.exceptions.ClusterDownError,
    redis.exceptions.AskError,
    redis.exceptions.TryAgainError,
)

# Full, still loading its files, or out of reach behind the connection.
PASSING_REFUSALS = (
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.BusyLoadingError,
    *CONNECTION_TROUBLE,
)

# The client has no class for a disk that is full or replicas that are gone. Before Redis 7, what
# a script met stands within another error.
_misplacing_code = re.compile(r"^NOREPLICAS |: -(READONLY|\w+DOWN|NOREPLICAS) ")
_passing_code = re.compile(r"^MISCONF |: -(OOM|LOADING|MISCONF) ")
