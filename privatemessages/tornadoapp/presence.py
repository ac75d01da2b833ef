"""Who is here now, in groups and rooms: told to Redis, for Django to ask.

What Redis holds of a worker expires unless it is renewed, so nobody is present at one that died.
"""

from __future__ import annotations

import asyncio
import logging
import math
import uuid
from collections.abc import Callable

from ..broker.asynchronous import Broker
from ..errors import Unavailable
from .hub import Hub
from .monitoring import Metrics

TICK = 1.0  # s that a change may wait to be told
RENEWAL = 10.0  # s
EXPIRY = 30.0  # s
ABSENCE = 15.0  # s after which who left is gone: a reload comes back at once
DIRECT = "direct"  # the kind of thread where nobody asks who is there

NOBODY: frozenset[str] = frozenset()

logger = logging.getLogger(__name__)


class Presence:
    """`clock` is monotonic, in seconds."""

    def __init__(
        self, hub: Hub, broker: Broker, metrics: Metrics, clock: Callable[[], float]
    ) -> None:
        self._roll = Roll(hub)
        self._broker = broker
        self._metrics = metrics
        self._clock = clock
        self._worker = uuid.uuid4().hex
        self._renew_at = -math.inf
        self._lost = True  # Redis may hold something else than was told
        self._failing = False
        self._ended = False

    async def run(self) -> None:
        while not self._ended:
            try:
                await self._tell(self._clock())
            except Unavailable as error:
                self._fail(error)
            await asyncio.sleep(TICK)

    async def end(self) -> None:
        self._ended = True
        try:
            await self._broker.be_absent(self._worker)
        except Unavailable as error:
            self._fail(error)

    async def _tell(self, now: float) -> None:
        """What has changed; all of it where Redis may not have the rest."""
        held = bool(self._roll.people)
        changed, afresh = self._roll.changes(now), self._lost
        if not (changed or afresh or now >= self._renew_at):
            return
        self._lost = True  # until it has answered
        told = self._roll.people if afresh else changed
        known = await self._broker.be_present(self._worker, told, EXPIRY, afresh=afresh)
        self._lost = held and not (afresh or known)
        self._renew_at = now + RENEWAL
        self._recover()

    def _fail(self, error: Unavailable) -> None:
        self._metrics.presence_failures.inc()
        if not self._failing:
            logger.warning("Redis cannot be told who is here: %s", error)
        self._failing = True

    def _recover(self) -> None:
        if self._failing:
            logger.warning("Redis is told again who is here.")
        self._failing = False


class Roll:
    """The people in each thread, as they were last looked at. Pure; `now` is in seconds."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._leaving: dict[int, dict[str, float]] = {}  # by thread: when they count as gone
        self.people: dict[int, frozenset[str]] = {}

    def changes(self, now: float) -> dict[int, frozenset[str]]:
        """The threads where somebody came or went since this was asked, and who is there."""
        changed = {}
        for thread_id in self._hub.take_changed() | self._due(now):
            before = self.people.pop(thread_id, NOBODY)
            here = self._here(thread_id)
            there = here | self._lingering(thread_id, before - here, now)
            if there:
                self.people[thread_id] = there
            if there != before:
                changed[thread_id] = there
        return changed

    def _due(self, now: float) -> set[int]:
        leaving = self._leaving.items()
        return {thread_id for thread_id, gone_at in leaving if min(gone_at.values()) <= now}

    def _here(self, thread_id: int) -> frozenset[str]:
        people = {it.person for it in self._hub.listeners(thread_id)}
        return frozenset(
            person.id
            for person in people
            if person is not None and person.places[thread_id].kind != DIRECT
        )

    def _lingering(self, thread_id: int, left: frozenset[str], now: float) -> set[str]:
        """Those of them who are not gone yet."""
        known = self._leaving.pop(thread_id, {})
        leaving = {user_id: known.get(user_id, now + ABSENCE) for user_id in left}
        staying = {
            user_id: gone_at
            for user_id, gone_at in leaving.items()
            if gone_at > now and not self._was_dismissed(user_id, thread_id)
        }
        if staying:
            self._leaving[thread_id] = staying
        return set(staying)

    def _was_dismissed(self, user_id: str, thread_id: int) -> bool:
        """Whether they are connected, and have no place there any more."""
        person = self._hub.person(user_id)
        return person is not None and thread_id not in person.places
