"""How long a message takes from its worker's hands to its worker's sockets. Pure but for the loop.

Measured at the worker that accepted it, by one clock. A frame that is relayed costs one look into a
dictionary, and its id is searched in its bytes only where a message of its thread is awaited: so
nothing is parsed, and nothing is done for each socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

AWAITED = 1_000  # messages at once, each of another thread; beyond them the oldest is given up
PATIENCE = 60.0  # s after which one that did not come makes room for the next of its thread
MESSAGE = b'{"type":"message",'  # how such a frame begins; `type` leads in all of them


class Timing:
    """`observe` is told seconds; `clock` is monotonic, in seconds."""

    def __init__(self, observe: Callable[[float], object], clock: Callable[[], float]) -> None:
        self._observe = observe
        self._clock = clock
        self._awaited: dict[int, tuple[bytes, float]] = {}  # by thread: its id in bytes, since when

    def begin(self, thread_id: int, message_id: str) -> None:
        """It is handed to Redis now."""
        now = self._clock()
        held = self._awaited.get(thread_id)
        if held is not None and now - held[1] < PATIENCE:
            return
        if held is None and len(self._awaited) >= AWAITED:
            del self._awaited[next(iter(self._awaited))]
        self._awaited[thread_id] = (b'"id":"%b"' % message_id.encode(), now)

    def forget(self, thread_id: int, message_id: str) -> None:
        """It was not published."""
        held = self._awaited.get(thread_id)
        if held is not None and message_id.encode() in held[0]:
            del self._awaited[thread_id]

    def relayed(self, thread_id: int, frame: bytes) -> None:
        """The frame was handed to the sockets, which are written to in this turn of the loop."""
        held = self._awaited.get(thread_id)
        if held is None or not frame.startswith(MESSAGE) or held[0] not in frame:
            return
        del self._awaited[thread_id]
        # Behind the flush of all sockets, which was called for before.
        asyncio.get_running_loop().call_soon(self._end, held[1])

    def _end(self, began: float) -> None:
        self._observe(self._clock() - began)
