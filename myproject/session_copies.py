"""Copies of sessions in Redis, so that reading one normally costs no query.

The database is the truth, and a copy is only ever believed when nothing can have been missed:

- It lives `COPY_SECONDS` at most.
- When a session ends, a *doubt* is written beside it that outlives every copy, also one that a
  slow reader or writer is only about to make. While there is a doubt, the database is asked.
- A doubt that cannot be written, because Redis is away, is tried again until it is or no copy is
  left.
- Redis may come back from a restart without the doubts of its last moments. So copies are kept
  under the id of the run of Redis that they were made in, which each connection asks for when it is
  made.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

COPY_SECONDS = 300
DOUBT_SECONDS = 2 * COPY_SECONDS
TIMEOUT = 0.3  # seconds that a page may wait for Redis
REST = 1.0  # seconds for which Redis is left alone after a failure, and between two tries

logger = logging.getLogger(__name__)


class Away(Exception):
    """Redis did not answer, or not with what was asked for."""


class Copy(NamedTuple):
    data: str | None  # as the database has it; None: ask the database
    run: str  # of Redis


class Copies:
    """What Redis holds of the sessions. Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._redis = _Redis(url)
        self._doubts = _Doubts(self._tell_doubt)

    def read(self, session_key: str) -> Copy:
        """Raises `Away`."""

        def commands(run: str) -> list[Command]:
            return [("MGET", _copy(run, session_key), _doubt(session_key))]

        run, [(data, doubt)] = self._redis.call(commands)
        return Copy(None if doubt or data is None else data.decode(), run)

    def fill(self, session_key: str, data: str, seconds: int, run: str) -> None:
        """Keep what was read from the database, unless something newer was stored since."""
        try:
            key = _copy(run, session_key)
            self._redis.call(lambda _: [("SET", key, data, "EX", _life(seconds), "NX")])
        except Away:
            pass  # the next reader fills it

    def replace(self, session_key: str, data: str, seconds: int) -> None:
        """Keep what was stored in the database."""
        try:
            self._redis.call(
                lambda run: [("SET", _copy(run, session_key), data, "EX", _life(seconds))]
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

        self._redis.call(commands)


@cache
def copies() -> Copies:
    """This process's way to the copies."""
    return Copies(settings.SESSION_REDIS_URL)


def _copy(run: str, session_key: str) -> str:
    return f"session:{run}:{session_key}"


def _doubt(session_key: str) -> str:
    return f"session:doubt:{session_key}"


def _life(seconds: int) -> int:
    return max(1, min(seconds, COPY_SECONDS))


Command = tuple[str | int, ...]


class _Redis:
    """Connections that know the run of Redis that they lead to, and that give up quickly."""

    def __init__(self, url: str) -> None:
        self._pool = ConnectionPool.from_url(
            url,
            protocol=2,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=_greet,
        )
        self._away_until = 0.0  # on the monotonic clock
        self._is_away = False

    def call(self, commands: Callable[[str], list[Command]]) -> tuple[str, list[Any]]:
        """The run of Redis, and its answers to the commands made for that run. Raises `Away`."""
        if time.monotonic() < self._away_until:
            raise Away
        try:
            result = self._exchange(commands)
        except (RedisError, OSError) as error:
            self._note_failure(error)
            raise Away from error
        self._note_success()
        return result

    def _exchange(self, commands: Callable[[str], list[Command]]) -> tuple[str, list[Any]]:
        """Over one connection: another one may lead to another run."""
        connection = self._pool.get_connection()
        try:
            run = connection.run_id
            packed = [connection.pack_command(*command) for command in commands(run)]
            connection.send_packed_command([part for parts in packed for part in parts])
            return run, [connection.read_response() for _ in packed]
        except BaseException:
            connection.disconnect()  # answers may be on their way still
            raise
        finally:
            self._pool.release(connection)

    def _note_failure(self, error: Exception) -> None:
        self._away_until = time.monotonic() + REST
        if not self._is_away:
            logger.warning("Sessions are read from the database: Redis is away (%s)", error)
        self._is_away = True

    def _note_success(self) -> None:
        if self._is_away:
            logger.warning("Sessions are read from Redis again")
        self._is_away = False


def _greet(connection: Any) -> None:
    connection.on_connect()
    connection.send_command("INFO", "server")
    lines = connection.read_response().decode().splitlines()
    [connection.run_id] = [line.partition(":")[2] for line in lines if line.startswith("run_id:")]


class _Doubts:
    """Tells, in the background, what could not be told at once."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._waiting: dict[str, float] = {}  # session key: until when, on the monotonic clock
        self._lock = threading.Lock()
        self._is_running = False

    def add(self, session_key: str) -> None:
        with self._lock:
            self._waiting[session_key] = time.monotonic() + DOUBT_SECONDS
            if not self._is_running:
                threading.Thread(target=self._run, name="session doubts", daemon=True).start()
                self._is_running = True

    def _run(self) -> None:
        while self._still_waiting():
            time.sleep(REST)
            self._tell_waiting()

    def _still_waiting(self) -> bool:
        """Decided together with the end of the thread, so that none is added in between."""
        with self._lock:
            now = time.monotonic()
            self._waiting = {key: until for key, until in self._waiting.items() if until > now}
            self._is_running = bool(self._waiting)
            return self._is_running

    def _tell_waiting(self) -> None:
        for session_key, until in list(self._waiting.items()):
            try:
                self._tell(session_key)
            except Away:
                return
            with self._lock:
                # It may have been added again since, for a doubt of its own.
                if self._waiting.get(session_key) == until:
                    del self._waiting[session_key]
