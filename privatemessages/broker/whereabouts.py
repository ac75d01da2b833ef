"""What a worker tells of the people who are at it, and asks of the other workers."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from redis.exceptions import ResponseError

from .. import protocol
from . import commands, keys, presence
from .commands import Command, Telling
from .failures import unavailable
from .routing import Router


class Whereabouts:
    """Every call raises Unavailable, even where Redis forbids it for good.

    What was told is there before what is asked next is answered.
    """

    def __init__(self, router: Router, partitions: int, telling: Telling) -> None:
        self._router = router
        self._partitions = partitions
        self._telling = telling

    async def be_present(
        self,
        worker: str,
        people: Mapping[presence.Field, Collection[str]],
        expiry: float,
        *,
        afresh: bool,
    ) -> bool:
        """Who is here now, in these fields, for `expiry` seconds; `afresh`, and nobody else.

        Returns whether there was anything of this worker.
        """
        now, milliseconds = _milliseconds(), int(expiry * 1000)
        told = presence.tell(worker, people, now, milliseconds, afresh=afresh)
        return bool((await self._call(told))[0])

    async def be_absent(self, worker: str) -> None:
        await self._call(presence.forget(worker))

    async def elsewhere(self, worker: str, user_ids: Sequence[str]) -> set[str]:
        """Those of these people who are at another worker too."""
        if not user_ids:
            return set()
        [workers] = await self._call([presence.list_workers()])
        others = [name for listed in workers if (name := listed.decode()) != worker]
        fields = [presence.of_person(user_id) for user_id in user_ids]
        answers = await self._call([presence.ask(other, fields) for other in others])
        return set().union(*presence.union(fields, answers).values())

    async def note_seen(self, moments: Mapping[str, int]) -> None:
        """When each of these people was here last, in ms since 1970 UTC."""
        await self._call(presence.note_seen(moments, _milliseconds()))

    async def announce(self, frames: Iterable[protocol.PresenceFrame]) -> None:
        """To those who listen to the threads."""
        await self._call([self._announcement(frame) for frame in frames])

    def _announcement(self, frame: protocol.PresenceFrame) -> Command:
        channel = keys.thread_channel(frame.thread, self._partitions)
        return commands.publish(self._telling, channel, protocol.encode(frame))

    async def _call(self, wanted: list[Command]) -> list[Any]:
        try:
            return await self._router.call_all(wanted)
        except ResponseError as error:
            raise unavailable(error) from error


def _milliseconds() -> int:
    return int(time.time() * 1000)
