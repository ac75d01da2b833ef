"""Waiting for what happens in other processes, while the traffic flows."""

import asyncio
from collections.abc import Callable
from typing import Any

POLL = 0.1  # s


async def until(condition: Callable[[], object], patience: float) -> None:
    """Asked in the loop of the clients, so it must be quick; see `until_apart`."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - it is about many clients, or other processes
            await asyncio.sleep(POLL)


async def until_apart(condition: Callable[[], object], patience: float) -> None:
    async with asyncio.timeout(patience):
        while not await apart(condition):  # noqa: ASYNC110 - it is about other processes
            await asyncio.sleep(POLL)


async def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """What would block, while the traffic flows."""
    return await asyncio.to_thread(function, *arguments)
