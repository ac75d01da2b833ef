"""Reads a thread's members again when the thread itself has changed: all who are here, at once."""

from __future__ import annotations

import asyncio
import logging
import random

from ..errors import Unavailable
from .memberships import Memberships
from .monitoring import Metrics

GATHER_PAUSE = 0.1  # s; changes of one thread that come meanwhile are reviewed together
RETRY_PAUSE = 1.0  # s

logger = logging.getLogger(__name__)


class Reviewer:
    def __init__(self, memberships: Memberships, metrics: Metrics) -> None:
        self._memberships = memberships
        self._metrics = metrics
        self._wanted: set[int] = set()
        self._any = asyncio.Event()

    def request(self, thread_id: int) -> None:
        self._wanted.add(thread_id)
        self._any.set()

    async def run(self) -> None:
        while True:
            await self._any.wait()
            await asyncio.sleep(GATHER_PAUSE)
            self._any.clear()
            wanted, self._wanted = self._wanted, set()
            for thread_id in wanted:
                await self._review_or_retry(thread_id)

    async def _review_or_retry(self, thread_id: int) -> None:
        try:
            await self._memberships.review(thread_id)
        except Unavailable as error:
            logger.warning("Could not review who may do what in a thread: %s", error)
            await asyncio.sleep(RETRY_PAUSE * (1 + random.random()))  # noqa: S311 - a jitter
            self.request(thread_id)
        else:
            self._metrics.reviews.inc()
