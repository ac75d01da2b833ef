"""Copies of sessions in Redis, so that reading one normally costs no query.

The database is the truth. A copy never outlives its session:

- It lives `COPY_SECONDS` at most.
- When a session ends, a *doubt* is written beside it that outlives every copy, also one that a
  slow reader or writer is only about to make. While there is a doubt, the database is asked.
- A doubt that cannot be written, because Redis is away, is tried again until it is or no copy is
  left.
- Redis may come back from a restart without the doubts of its last moments, or a replica may take
  over that never had them. So copies are kept under the id of the run of Redis that they were made
  in, for which each connection asks when it is made, and again after a second.

What a session holds may be older in its copy, for as long as that lives: where two requests save
the same session at the same moment, the copies can be made in the other order.
"""

import os
from functools import cache
from typing import NamedTuple

from django.conf import settings

from myproject.sessions.connections import Away, Command, Connections
from privatemessages.retries import Retries

COPY_SECONDS = 300
DOUBT_SECONDS = 2 * COPY_SECONDS


class Copy(NamedTuple):
    data: str | None  # as the database has it; None: ask the database
    run: str  # of Redis


class Copies:
    """What Redis holds of the sessions. Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._redis = Connections(url)
        self._doubts = Retries(self._tell_doubt, Away, DOUBT_SECONDS)

    def read(self, session_key: str) -> Copy:
        """Raises `Away`."""

        def commands(run: str) -> list[Command]:
            return [("MGET", _copy(run, session_key), _doubt(session_key))]

        run, [(data, doubt)] = self._redis.call(_doubt(session_key), commands)
        return Copy(None if doubt or data is None else data.decode(), run)

    def fill(self, session_key: str, data: str, seconds: int, run: str) -> None:
        """Keep what was read from the database, unless something newer was stored since."""
        try:
            key = _copy(run, session_key)
            self._redis.call(key, lambda _: [("SET", key, data, "EX", _life(seconds), "NX")])
        except Away:
            pass  # the next reader fills it

    def replace(self, session_key: str, data: str, seconds: int) -> None:
        """Keep what was stored in the database."""
        try:
            self._redis.call(
                _doubt(session_key),
                lambda run: [("SET", _copy(run, session_key), data, "EX", _life(seconds))],
            )
        except Away:
            self._doubts.add(session_key)

    def doubt(self, session_key: str) -> None:
        """Believe no copy of this session that was made until now or is being made."""
        try:
            self._tell_doubt(session_key)
        except Away:
            self._doubts.add(session_key)

    def _tell_doubt(self, session_key: str) -> None:
        """Delete first: that works in a full Redis too."""

        def commands(run: str) -> list[Command]:
            return [
                ("DEL", _copy(run, session_key)),
                ("SET", _doubt(session_key), 1, "EX", DOUBT_SECONDS),
            ]

        self._redis.call(_doubt(session_key), commands)


@cache
def copies() -> Copies:
    """This process's way to the copies."""
    return Copies(settings.SESSION_REDIS_URL)


# What another thread held when this process was forked, nobody would give back here.
os.register_at_fork(after_in_child=copies.cache_clear)


# Of a cluster's keys, those with the same words in braces lie together.


def _copy(run: str, session_key: str) -> str:
    return f"session:{{{session_key}}}:copy:{run}"


def _doubt(session_key: str) -> str:
    return f"session:{{{session_key}}}:doubt"


def _life(seconds: int) -> int:
    return max(1, min(seconds, COPY_SECONDS))
