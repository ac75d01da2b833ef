"""A scene between a quiet beginning and end, and what the check says of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from tests.faults.stack import Stack
from tests.faults.traffic import Traffic

CALM = 50  # messages before the scene and after it
PATIENCE = 2  # s

Crowd = TypeVar("Crowd", bound=Traffic)


def played(
    crowd: type[Crowd], stack: Stack, scene: Callable[[Crowd], Awaitable[None]], **options: Any
) -> list[str]:
    """What is wrong when the scene is over and everybody believes to be done."""

    async def play() -> list[str]:
        async with crowd(stack, **options) as people:
            await people.flow(CALM)
            await scene(people)
            await people.flow(CALM)
            return await people.settle(patience=PATIENCE)

    return asyncio.run(play())


def kinds(problems: list[str]) -> set[str]:
    return {problem.partition(":")[0] for problem in problems}
