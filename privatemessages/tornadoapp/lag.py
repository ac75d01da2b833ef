"""How late the event loop comes to what is due: while it is, every socket of the worker waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

INTERVAL = 0.25  # s


class Lag:
    """`observe` is told seconds."""

    def __init__(self, observe: Callable[[float], object]) -> None:
        self._observe = observe

    async def run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + INTERVAL
            await asyncio.sleep(INTERVAL)
            self._observe(max(0.0, clock() - due))
