"""Heartbeats by one sweep over all sockets: a timer for each of them would cost more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import cycle

from .connections import Connection
from .hub import Hub
from .monitoring import Metrics

SLICES = 20  # of a heartbeat, so that no turn of the loop pings everybody
UNANSWERED = 2  # pings, after which a socket counts as dead when its turn comes again
QUIET = 0.5  # heartbeats; who was heard more recently needs no ping


class Heartbeats:
    """Each socket has its turn once in a heartbeat, and is cut off for pings alone, not for time.

    A worker that is late would take its own lateness for a client's silence.
    """

    def __init__(self, hub: Hub, interval: float, metrics: Metrics) -> None:
        self._hub = hub
        self._interval = interval
        self._metrics = metrics

    async def run(self) -> None:
        clock = asyncio.get_running_loop().time
        for part in cycle(range(SLICES)):
            self.check(self._slice(part), clock())
            await asyncio.sleep(self._interval / SLICES)

    def check(self, connections: Iterable[Connection], now: float) -> None:
        for connection in connections:
            # While one of its frames waits, answers are not read; pings keep proxies content.
            if connection.unanswered >= UNANSWERED and not connection.waits:
                self._metrics.silent.inc()
                connection.abort()
            elif self._is_quiet(connection, now):
                connection.ping()

    def _slice(self, part: int) -> list[Connection]:
        """By its number, because the place of a socket among the others changes as they come."""
        return [one for one in self._hub.connections() if one.number % SLICES == part]

    def _is_quiet(self, connection: Connection, now: float) -> bool:
        # Tornado reads nothing of a socket before it is greeted, so that one could not answer.
        return connection.greeted and now - connection.heard_at > QUIET * self._interval
