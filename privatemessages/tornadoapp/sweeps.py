"""Heartbeats by one sweep over all sockets: a timer for each of them would cost more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from .connections import Connection
from .hub import Hub
from .monitoring import Metrics

SLICES = 20  # of a sweep, so that no turn of the loop pings everybody
SILENCE = 2.5  # heartbeats without a sign of life, after which a socket counts as dead
QUIET = 0.5  # heartbeats; who was heard more recently needs no ping


class Heartbeats:
    def __init__(self, hub: Hub, interval: float, metrics: Metrics) -> None:
        self._hub = hub
        self._interval = interval
        self._metrics = metrics

    async def run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            connections = list(self._hub.connections())
            for part in range(SLICES):
                self.check(connections[part::SLICES], clock())
                await asyncio.sleep(self._interval / SLICES)

    def check(self, connections: Iterable[Connection], now: float) -> None:
        for connection in connections:
            silent = now - connection.heard_at
            if silent > SILENCE * self._interval:
                self._metrics.silent.inc()
                connection.abort()
            elif silent > QUIET * self._interval and not connection.closed:
                connection.ping()
