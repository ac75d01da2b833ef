"""How the worker is, and what waits behind it: asked when somebody wants to know."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from ..broker.asynchronous import Broker
from ..broker.blocking import OutboxState
from ..errors import Unavailable
from .monitoring import Metrics

REDIS = "redis"  # what fails


class Vitals:
    """`draining` tells whether the worker is on its way out."""

    def __init__(self, broker: Broker, metrics: Metrics, draining: Callable[[], bool]) -> None:
        self._broker = broker
        self._metrics = metrics
        self._draining = draining

    async def failing(self) -> list[str]:
        """What keeps the worker from taking more sockets."""
        if self._draining():
            return ["draining"]  # at once, even where Redis does not answer
        found = [] if self._broker.subscriptions.connected else ["subscriptions"]
        try:
            await self._broker.ping()
        except Unavailable:
            found.append(REDIS)
        return found

    async def measure(self) -> None:
        """Without all of Redis there are no figures of the outbox, and `redis_up` says so."""
        failing = await self.failing()
        self._metrics.ready.set(not failing)
        self._metrics.draining.set(self._draining())
        self._tell_outbox(None if REDIS in failing else await self._outbox_state())

    async def _outbox_state(self) -> OutboxState | None:
        try:
            return await self._broker.outbox_state()
        except Unavailable:
            return None

    def _tell_outbox(self, state: OutboxState | None) -> None:
        self._metrics.redis_up.set(state is not None)
        self._metrics.waiting.set(state.waiting if state else math.nan)
        self._metrics.oldest.set(_age(state.oldest) if state else math.nan)
        self._metrics.dead.set(state.dead if state else math.nan)


def _age(accepted_at: int | None) -> float:
    """Seconds since a moment in milliseconds since 1970; 0 where there was none."""
    return 0 if accepted_at is None else max(0.0, time.time() - accepted_at / 1000)
