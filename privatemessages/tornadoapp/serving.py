"""The life of a worker: agree, listen, work, drain, end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import ExitStack
from itertools import count
from socket import socket
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from ..errors import Unavailable
from .application import Worker
from .draining import Stop, drain

LINGER_CHECK = 5.0  # s
REDIS_PAUSE = 1.0  # s
REDIS_TOLD = 30  # pauses from one line about it to the next
BODY_LIMIT = 0  # bytes; nothing here takes a body, and Tornado would keep 100 MB of one in memory

logger = logging.getLogger(__name__)


async def serve(worker: Worker, port: int, address: str, stop: Stop) -> None:
    """Until it is asked to stop; then drains and returns.

    Raises OSError where the port is taken, Conflict where another number of partitions is in use,
    and whatever broke a part of the worker: a half of one is worse than none.
    """
    with ExitStack() as bound:
        # Before Redis is waited for, so that a taken port is told at once.
        listening = [bound.enter_context(it) for it in bind_sockets(port, address)]
        agreeing = asyncio.create_task(_agree(worker))
        await stop.unless_asked(agreeing)
        if stop.is_asked or agreeing.exception():
            await _end(worker, agreeing)
            return
        logger.info("Listening on %s:%s", address, port)
        await _serve(worker, listening, stop)


async def _serve(worker: Worker, listening: list[socket], stop: Stop) -> None:
    server = HTTPServer(worker.application(), max_body_size=BODY_LIMIT)
    server.add_sockets(listening)
    saving = asyncio.create_task(worker.saver.run())
    working = asyncio.create_task(_work(worker))
    try:
        await stop.unless_asked(saving, working)
        if stop.is_asked:
            await drain(worker, saving, stop)
    finally:
        server.stop()
        await _end(worker, saving, working)


async def _agree(worker: Worker) -> None:
    """Waits for Redis."""
    for attempt in count():
        try:
            await worker.broker.agree_on_partitions()
            await worker.broker.join_epochs()
            for warning in (await worker.broker.durability()).warnings:
                logger.warning(warning)
        except Unavailable as error:
            if attempt % REDIS_TOLD == 0:
                logger.warning("Waiting for Redis at %s (%s)", worker.broker.address, error)
            await asyncio.sleep(REDIS_PAUSE)
        else:
            return


async def _work(worker: Worker) -> None:
    parts: list[Coroutine[Any, Any, None]] = [
        worker.broker.subscriptions.run(),
        worker.saver.leases.run(),
        worker.refresher.run(),
        worker.refresher.run_rechecks(worker.settings.RECHECK),
        worker.reviewer.run(),
        worker.presence.run(),
        worker.heartbeats.run(),
        worker.epochs.run(),
        worker.metrics.lag.run(),
        _forget_those_who_left(worker),
    ]
    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(part)


async def _forget_those_who_left(worker: Worker) -> None:
    while True:
        await asyncio.sleep(LINGER_CHECK)
        worker.relay.drop_unused(worker.broker.subscriptions, worker.clock())
        worker.opening.forget_absent(worker.clock())


async def _end(worker: Worker, *tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await worker.broker.close()
    worker.identity.close()
    for result in results:
        if isinstance(result, Exception):
            raise result
