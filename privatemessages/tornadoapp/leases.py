"""Which partitions this worker saves: one worker at a time holds the lease of each."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable

from ..broker import keys
from ..broker.asynchronous import Broker
from ..errors import Unavailable
from .monitoring import Metrics

RENEWALS = 3  # in the time that a lease lasts

logger = logging.getLogger(__name__)


class Leases:
    """Two holders for a moment are harmless: saving twice is saving once."""

    def __init__(
        self, broker: Broker, seconds: float, metrics: Metrics, on_taken: Callable[[set[int]], None]
    ) -> None:
        self._broker = broker
        self._seconds = seconds
        self._metrics = metrics
        self._on_taken = on_taken
        self._holder = uuid.uuid4().hex
        self._released = False
        self._due = asyncio.Event()
        self.held: set[int] = set()

    async def run(self) -> None:
        while not self._released:
            await self._renew()
            await self._rest()

    def try_now(self) -> None:
        """Some are free that were not."""
        self._due.set()

    async def release(self) -> None:
        self._released = True
        given_up, self.held = sorted(self.held), set()
        try:
            await self._broker.release(given_up, self._holder)
        except Unavailable as error:
            logger.warning("The leases were not given up and will expire: %s", error)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._seconds / RENEWALS):
                await self._due.wait()
        except TimeoutError:
            pass
        self._due.clear()

    async def _renew(self) -> None:
        every = range(self._broker.partitions)
        try:
            asked = await self._broker.lease(every, self._holder, int(self._seconds * 1000))
            # Still held as far as is known, if nobody can be asked; harmless if it expired.
            unknown = self.held - asked.keys()
            await self._follow(unknown | {number for number, mine in asked.items() if mine})
        except Unavailable as error:
            logger.warning("The leases could not be renewed: %s", error)

    async def _follow(self, mine: set[int]) -> None:
        taken, lost = mine - self.held, self.held - mine
        subscriptions = self._broker.subscriptions
        subscriptions.unsubscribe([keys.wake_channel(partition) for partition in lost])
        self.held = mine
        self._metrics.leases.set(len(mine))
        # What was waiting before is in no wake-up call, so look at all that is held now and then.
        self._on_taken(mine)
        wanted = [keys.LEASES, *[keys.wake_channel(partition) for partition in taken]]
        await subscriptions.subscribe(wanted)
        self._on_taken(taken)
