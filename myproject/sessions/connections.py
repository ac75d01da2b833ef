"""Connections to Redis that know the run of Redis that they lead to, and that give up quickly."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from redis import RedisError, ResponseError
from redis.exceptions import ClusterDownError, MovedError

from myproject.sessions.ways import Way

TIMEOUT = 0.3  # seconds that a page may wait for Redis
RUN = 1.0  # seconds for which a connection is believed to lead to the run that it told last
HALF = 16  # digits of an id that make it one of its kind
QUIET = 60.0  # seconds between two log lines about a Redis that refuses commands

logger = logging.getLogger(__name__)


class Away(Exception):
    """Redis did not answer, or not with what was asked for."""


class NoMaster(RedisError):
    """It has become a replica, or has lost its own."""


Command = tuple[str | int, ...]


class Connections:
    """Safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._way = Way(url, _ask_at_first, TIMEOUT)
        self._is_away = False
        self._quiet_until = 0.0  # on the monotonic clock

    def call(self, key: str, commands: Callable[[str], list[Command]]) -> tuple[str, list[Any]]:
        """The run of Redis, and its answers to the commands made for that run. Raises `Away`.

        The commands concern `key` alone, or keys of the same slot.
        """
        try:
            result = self._exchange(key, commands)
        except ClusterDownError as error:
            self._note_failure(error)
            raise Away from error
        except ResponseError as error:
            self._note_refusal(error)
            raise Away from error
        except (RedisError, OSError) as error:
            self._note_failure(error)
            raise Away from error
        self._note_success()
        return result

    def _exchange(
        self, key: str, commands: Callable[[str], list[Command]]
    ) -> tuple[str, list[Any]]:
        try:
            return self._exchange_once(key, commands)
        except (MovedError, NoMaster):  # so nothing was done
            self._way.doubt()
            return self._exchange_once(key, commands)

    def _exchange_once(
        self, key: str, commands: Callable[[str], list[Command]]
    ) -> tuple[str, list[Any]]:
        """Over one connection: another one may lead to another run."""
        with self._way.link(key) as connection:
            run = _run_of(connection)
            packed = [connection.pack_command(*command) for command in commands(run)]
            connection.send_packed_command([part for parts in packed for part in parts])
            return run, [connection.read_response() for _ in packed]

    def _note_failure(self, error: Exception) -> None:
        self._way.doubt()
        if not self._is_away:
            logger.warning("Sessions are read from the database: Redis is away (%s)", error)
        self._is_away = True

    def _note_refusal(self, error: Exception) -> None:
        """It is there, but full, say: it may refuse only some commands."""
        if time.monotonic() > self._quiet_until:
            # Behind these words it repeats the command: keys of sessions, and what they hold.
            said, _, _ = str(error).partition(", with args")
            logger.warning("Redis refuses a copy of a session: %s", said)
            self._quiet_until = time.monotonic() + QUIET

    def _note_success(self) -> None:
        if self._is_away:
            logger.warning("Sessions are read from Redis again")
        self._is_away = False


def _ask_at_first(connection: Any) -> None:
    connection.on_connect()
    _ask(connection)


def _run_of(connection: Any) -> str:
    """A master may become a replica, and later a master again, while a connection rests."""
    if time.monotonic() > connection.asked_at + RUN:
        _ask(connection)
    return str(connection.run)


def _ask(connection: Any) -> None:
    """The id of the process, and that of the history which it writes since it is the master."""
    connection.asked_at = time.monotonic()
    for section in ("server", "replication"):
        connection.send_command("INFO", section)
    told = [connection.read_response().decode() for _ in range(2)]
    facts = dict(re.findall(r"^(\w+):(\S+)", "".join(told), re.MULTILINE))
    if not {"run_id", "master_replid"} <= facts.keys():
        raise RedisError("It does not tell its run_id")
    # Cut off from the replicas that it must have, it may be a master of the past.
    if facts["role"] != "master" or facts.get("min_slaves_good_slaves") == "0":
        raise NoMaster("It is no master, or has lost its replicas")
    connection.run = facts["run_id"][:HALF] + facts["master_replid"][:HALF]
