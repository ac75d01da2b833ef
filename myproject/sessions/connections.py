"""Connections to Redis that know the run of Redis that they lead to, and that give up quickly."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from redis import ConnectionPool, RedisError, ResponseError
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT = 0.3  # seconds that a page may wait for Redis
REST = 1.0  # seconds for which Redis is left alone after a failure
QUIET = 60.0  # seconds between two log lines about a Redis that refuses commands

logger = logging.getLogger(__name__)


class Away(Exception):
    """Redis did not answer, or not with what was asked for."""


Command = tuple[str | int, ...]


class Connections:
    """Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._pool = ConnectionPool.from_url(
            url,
            protocol=2,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=_ask_for_run,
        )
        self._away_until = 0.0  # on the monotonic clock
        self._is_away = False
        self._quiet_until = 0.0  # on the monotonic clock

    def call(self, commands: Callable[[str], list[Command]]) -> tuple[str, list[Any]]:
        """The run of Redis, and its answers to the commands made for that run. Raises `Away`."""
        if time.monotonic() < self._away_until:
            raise Away
        try:
            result = self._exchange(commands)
        except ResponseError as error:
            self._note_refusal(error)
            raise Away from error
        except (RedisError, OSError) as error:
            self._note_failure(error)
            raise Away from error
        self._note_success()
        return result

    def _exchange(self, commands: Callable[[str], list[Command]]) -> tuple[str, list[Any]]:
        """Over one connection: another one may lead to another run."""
        connection = self._pool.get_connection()
        try:
            run: str = connection.run_id  # type: ignore[attr-defined]  # see _ask_for_run
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

    def _note_refusal(self, error: Exception) -> None:
        """It is there, but full, say: it may refuse only some commands."""
        if time.monotonic() > self._quiet_until:
            logger.warning("Redis refuses a copy of a session: %s", error)
            self._quiet_until = time.monotonic() + QUIET

    def _note_success(self) -> None:
        if self._is_away:
            logger.warning("Sessions are read from Redis again")
        self._is_away = False


def _ask_for_run(connection: Any) -> None:
    connection.on_connect()
    connection.send_command("INFO", "server")
    answer = re.search(r"^run_id:(\w+)", connection.read_response().decode(), re.MULTILINE)
    if answer is None:
        raise RedisError("It does not tell its run_id")
    connection.run_id = answer[1]
