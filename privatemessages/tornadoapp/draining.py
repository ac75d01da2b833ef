"""How a worker takes its leave: nobody comes in, its sockets are sent away, its outbox handed over.

It takes DRAIN_SECONDS, LAST_SAVE and LAST_WORD at most; whoever stops it waits a little longer.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterable
from typing import Any

from ..protocol import CloseCode
from .application import Worker
from .connections import Connection

STEPS = 20  # batches in which sockets are sent away, at least
BATCH = 100  # sockets in one of them, at most: they all come back at once
LAST_SAVE = 5.0  # s that the batch on its way may still take
LAST_WORD = 2.0  # s that Redis may take to hear that the leases are free

Task = asyncio.Task[Any]

logger = logging.getLogger(__name__)


class Stop:
    """Asked for once, a worker drains; asked for again, it hurries."""

    def __init__(self) -> None:
        self._asked, self._hurried = asyncio.Event(), asyncio.Event()

    @property
    def is_asked(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        if self.is_asked:
            self._hurried.set()
        self._asked.set()

    async def unless_asked(self, *tasks: Task) -> None:
        """Until one of them is done, or this is asked for."""
        await _first(self._asked, tasks)

    async def unless_hurried(self, *tasks: Task, seconds: float) -> None:
        """Until one of them is done, so much time has passed, or there is none any more."""
        await _first(self._hurried, tasks, seconds)


async def drain(worker: Worker, saving: Task, stop: Stop) -> None:
    """What `saving` has not finished then, another worker does once more."""
    worker.draining = True
    await _send_away(worker, stop)
    await _finish(worker, saving, stop)
    await _hand_over(worker)


async def _send_away(worker: Worker, stop: Stop) -> None:
    connections = list(worker.connections())
    random.shuffle(connections)
    steps = max(STEPS, -(-len(connections) // BATCH))
    for step in range(min(steps, len(connections))):
        _close(connections[step::steps])
        await stop.unless_hurried(seconds=worker.settings.DRAIN_SECONDS / steps)
    _close(list(worker.connections()))  # whose handshake was on its way when this began


def _close(connections: Iterable[Connection]) -> None:
    for connection in connections:
        connection.close(CloseCode.RESTARTING)


async def _finish(worker: Worker, saving: Task, stop: Stop) -> None:
    worker.saver.stop()
    leaving = asyncio.create_task(worker.presence.end())
    both = asyncio.create_task(asyncio.wait({saving, leaving}))
    await stop.unless_hurried(both, seconds=LAST_SAVE)
    for task in (both, leaving):
        task.cancel()


async def _hand_over(worker: Worker) -> None:
    try:
        async with asyncio.timeout(LAST_WORD):
            await worker.saver.leases.release()
    except TimeoutError:
        logger.warning("The leases were not given up in time and will expire.")


async def _first(event: asyncio.Event, tasks: Iterable[Task], seconds: float | None = None) -> None:
    told = asyncio.create_task(event.wait())
    await asyncio.wait({*tasks, told}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
