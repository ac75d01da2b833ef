"""The life of each socket, in the log and in figures: greeted or refused, and how it ended.

One line at INFO for each of these, which is two for a socket. Ten thousand that come back within a
minute make some 4 MB of them, and cost less than a hundredth of what their handshakes cost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..protocol import CloseCode
from .connections import Connection
from .monitoring import BROKEN, LEFT, Metrics

logger = logging.getLogger(__name__)


class Journal:
    """`clock` is monotonic, in seconds."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._clock = clock

    def greeted(self, connection: Connection) -> None:
        connection.greeted = True
        self._metrics.handshakes.inc()
        logger.info("A socket was greeted", extra=self._about(connection))

    def refused(self, connection: Connection, code: CloseCode) -> None:
        reason = code.name.lower()
        self._metrics.handshakes_refused.labels(reason).inc()
        logger.info("A socket was refused: %s", reason, extra=self._about(connection, code))

    def left(self, connection: Connection) -> None:
        """Before it was greeted."""
        self._metrics.handshakes_refused.labels(LEFT).inc()
        logger.info("A socket was gone before it was greeted", extra=self._about(connection))

    def turned_away(self, reason: str) -> None:
        """Before it was a socket."""
        self._metrics.handshakes_refused.labels(reason).inc()
        logger.info("A handshake was refused: %s", reason)

    def ended(self, connection: Connection) -> None:
        if connection.greeted:
            how = _how(connection.code)
            self._metrics.closed.labels(how).inc()
            logger.info("A socket ended: %s", how, extra=self._about(connection, connection.code))

    def _about(self, connection: Connection, code: int | None = None) -> dict[str, object]:
        seconds = round(self._clock() - connection.opened_at, 3)
        return {**connection.names, "code": code and int(code), "seconds": seconds}


def _how(code: int | None) -> str:
    """`code` is ours where we closed it, else the client's."""
    if isinstance(code, CloseCode):
        return code.name.lower()
    return BROKEN if code is None else LEFT
