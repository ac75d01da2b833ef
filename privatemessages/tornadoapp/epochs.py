"""What a wiped Redis takes with it, or one that fell, and how the order is kept all the same.

Messages that were accepted and not yet stored are gone, or the last of them where a replica took
over that did not have them yet, or after a power cut, and only their senders still have them. A
later message of the same sender must not be accepted before they have come again. So nothing is
accepted until every socket was sent away: a client that reconnects begins with its oldest message.
"""

from __future__ import annotations

import asyncio
import logging

from ..broker.asynchronous import Broker
from ..errors import Unavailable
from ..protocol import CloseCode
from .hub import Hub
from .monitoring import Metrics

RETRY_PAUSE = 0.5  # s

logger = logging.getLogger(__name__)


class Epochs:
    def __init__(self, hub: Hub, broker: Broker, metrics: Metrics) -> None:
        self._hub = hub
        self._broker = broker
        self._metrics = metrics
        self._forgotten = asyncio.Event()

    def notice(self) -> None:
        self._forgotten.set()

    async def run(self) -> None:
        while True:
            await self._forgotten.wait()
            logger.error("Redis may have forgotten messages: every client is asked to send again.")
            self._metrics.wipes.inc()
            await self._begin_again()
            self._forgotten.clear()

    async def _begin_again(self) -> None:
        while True:
            # Those who came while Redis was asked have sent into the old epoch as well.
            self._send_away()
            try:
                await self._broker.begin_again()
            except Unavailable as error:
                logger.warning("No new epoch yet: %s", error)
                await asyncio.sleep(RETRY_PAUSE)
            else:
                self._send_away()
                return

    def _send_away(self) -> None:
        for connection in list(self._hub.connections()):
            connection.close(CloseCode.RESTARTING)
