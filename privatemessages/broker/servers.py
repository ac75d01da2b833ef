"""The servers of Redis as Django's processes reach them: each command goes where its key is.

Nothing that may have been carried out is repeated. What a server refused because it does not hold
the key, or what never left this process, goes once to the server that holds it now: a page told
nobody otherwise what it stored just after a failover.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from redis.connection import ConnectionPool
from redis.exceptions import RedisError

from .addresses import Address, Server
from .commands import Command
from .discovery import LIFETIME, PAUSE, Discovery, Found, newest
from .failures import CONNECTION_TROUBLE, Unsent, is_misplaced
from .layouts import initial, key_of
from .pools import ask, connect_to_master, exchange, pool_to

ASKING = 1.5  # s after which nobody else is asked

logger = logging.getLogger(__name__)


class Servers:
    """Thread-safe. `reply_timeout` in seconds."""

    def __init__(self, address: Address, reply_timeout: float) -> None:
        self._address = address
        self._reply_timeout = reply_timeout
        self._discovery = Discovery(address)
        self._layout = initial(address)
        self._pools: dict[Server, ConnectionPool] = {}
        self._asking, self._pooling = threading.Lock(), threading.Lock()
        self._asked_at = self._believed_until = 0.0  # monotonic, in s
        self._silent_at: dict[Server, float] = {}  # when they were asked in vain, on the same clock

    def call(self, wanted: Sequence[Command]) -> list[Any]:
        """Raw replies, in the order of the commands; where one failed, its exception."""
        self._look()
        asked = self._layout
        replies = self._send(wanted)
        again = [number for number, reply in enumerate(replies) if _is_undone(reply)]
        if again and self._look() and self._layout != asked:
            repeated = self._send([wanted[number] for number in again])
            for number, reply in zip(again, repeated, strict=True):
                replies[number] = reply
        return replies

    def call_everywhere(self, wanted: Sequence[Command]) -> list[Any]:
        """The replies of each server that holds anything and has not fallen, or `Unsent`."""
        self._look()
        layout = self._layout
        servers = layout.servers - layout.fallen or layout.servers
        return [it for server in servers for it in self._send_to(server, wanted)] or [Unsent()]

    def close(self) -> None:
        for pool in self._pools.values():
            pool.disconnect()

    def _send(self, wanted: Sequence[Command]) -> list[Any]:
        replies: list[Any] = [Unsent("nobody holds this now")] * len(wanted)
        for server, numbers in self._by_server(wanted).items():
            answers = self._send_to(server, [wanted[number] for number in numbers])
            for number, answer in zip(numbers, answers, strict=True):
                replies[number] = answer
        return replies

    def _by_server(self, wanted: Sequence[Command]) -> dict[Server, list[int]]:
        grouped: dict[Server, list[int]] = {}
        for number, command in enumerate(wanted):
            if server := self._layout.holder(key_of(command)):
                grouped.setdefault(server, []).append(number)
        return grouped

    def _send_to(self, server: Server, wanted: Sequence[Command]) -> list[Any]:
        pool = self._pool(server)
        try:
            link = pool.get_connection()
        except CONNECTION_TROUBLE as error:
            self._doubt()
            return [Unsent(str(error), cause=error)] * len(wanted)
        try:
            replies = exchange(link, wanted)
            if any(map(_tells_of_change, replies)):
                self._doubt()
                link.disconnect()
            return replies
        finally:
            pool.release(link)

    def _pool(self, server: Server) -> ConnectionPool:
        with self._pooling:
            if server not in self._pools:
                more = {}
                if self._address.kind == "sentinel":
                    more["redis_connect_func"] = connect_to_master
                timeout = self._reply_timeout
                self._pools[server] = pool_to(server, self._address.access, timeout, **more)
            return self._pools[server]

    def _doubt(self) -> None:
        self._believed_until = 0.0

    def _look(self) -> bool:
        """Asks who holds what, where that is in doubt or was long ago; whether it was asked."""
        if not self._discovery.needed or time.monotonic() < self._believed_until:
            return False
        with self._asking:
            now = time.monotonic()
            if now < max(self._believed_until, self._asked_at + PAUSE):
                return True  # another thread has just done it
            layout = newest(self._ask())
            self._asked_at = time.monotonic()
            if layout:
                self._layout, self._believed_until = layout, self._asked_at + LIFETIME
        return True

    def _ask(self) -> list[Found]:
        """The first that is enough; otherwise what those know who are in reach.

        Where many do not answer, some are asked the next time: a person waits behind it.
        """
        found: list[Found] = []
        candidates = self._discovery.candidates(self._layout.servers)
        last = time.monotonic() + ASKING
        for server in sorted(candidates, key=lambda it: self._silent_at.get(it, 0.0)):
            if time.monotonic() > last:
                break
            try:
                replies = ask(server, self._discovery)
                found.append(self._discovery.read(replies, server))
            except (RedisError, *CONNECTION_TROUBLE) as error:
                logger.debug("%s does not say who holds what: %s", server, error)
                self._silent_at[server] = time.monotonic()
            else:
                self._silent_at.pop(server, None)
                if self._is_enough(found[-1]):
                    return found[-1:]
        return found

    def _is_enough(self, found: Found) -> bool:
        """A node that was cut off from its cluster knows it; a sentinel does not."""
        if self._address.kind == "cluster":
            return found.is_whole
        return self._believed_until > 0 and found.layout == self._layout


def _is_undone(reply: Any) -> bool:
    return isinstance(reply, Exception) and (isinstance(reply, Unsent) or is_misplaced(reply))


def _tells_of_change(reply: Any) -> bool:
    return isinstance(reply, CONNECTION_TROUBLE) or _is_undone(reply)
