"""Who is here now: told to Redis, for Django to ask, and to those with whom they talk in pairs.

What Redis holds of a worker expires unless it is renewed, so nobody is present at one that died.
What is told to people may be lost, and a worker that dies tells nothing: pages ask now and then.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import math
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from ..broker.asynchronous import Broker
from ..broker.presence import Field, of_person
from ..errors import Unavailable
from ..protocol import Preferences, PresenceFrame
from .connections import Person
from .hub import Hub
from .monitoring import Metrics
from .roll import ABSENCE, DIRECT, NOBODY, Attendance, Moves, Roll

TICK = 1.0  # s that a change may wait to be told
RENEWAL = 10.0  # s
EXPIRY = 30.0  # s
SEEN_PAUSE = 60.0  # s from one note to the next that everybody here is seen

# The worker knows of no thread when it was last used; the newest ones are told of it.
THREADS_TOLD = 100  # of one person who comes or goes
TOLD_AT_ONCE = 2_000  # frames in one tick, where many do so together

logger = logging.getLogger(__name__)


class Presence:
    """`clock` is monotonic, in seconds."""

    def __init__(
        self, hub: Hub, broker: Broker, metrics: Metrics, clock: Callable[[], float]
    ) -> None:
        self._roll = Roll(hub)
        self._attendance = Attendance(hub)
        self._redis = broker.whereabouts
        self._metrics = metrics
        self._clock = clock
        self._worker = uuid.uuid4().hex
        self._renew_at = self._note_at = -math.inf
        self._lost = True  # Redis may hold something else than was told
        self._failing = False
        self._ended = False

    async def run(self) -> None:
        while not self._ended:
            try:
                await self._look(self._clock())
            except Unavailable as error:
                self._fail(error)
            await asyncio.sleep(TICK)

    async def end(self) -> None:
        self._ended = True
        try:
            await self._redis.note_seen(_moments(self._attendance.people.values(), _milliseconds()))
            await self._redis.be_absent(self._worker)
        except Unavailable as error:
            self._fail(error)

    async def _look(self, now: float) -> None:
        held = bool(self._roll.people or self._attendance.people)
        gathered, moves = self._roll.changes(now), self._attendance.changes(now)
        afresh = self._lost
        if not (gathered or any(moves) or afresh or now >= self._renew_at):
            return
        self._lost = True  # until it has answered
        # Before one's own are told: of two workers to which somebody comes, one announces it.
        came = await self._nowhere_else(moves.came)
        known = await self._tell(gathered, moves, afresh=afresh)
        self._lost, self._renew_at = held and not (afresh or known), now + RENEWAL
        # And after it: of two workers from which somebody goes, one announces it.
        went = await self._nowhere_else(moves.went)
        await self._note_seen(moves, now)
        await self._announce(came, went)
        self._recover()

    async def _tell(
        self, gathered: Mapping[Field, Collection[str]], moves: Moves, *, afresh: bool
    ) -> bool:
        """What has changed; all of it where Redis may not have the rest."""
        told = self._everything() if afresh else _changed(gathered, moves)
        return await self._redis.be_present(self._worker, told, EXPIRY, afresh=afresh)

    def _everything(self) -> dict[Field, Collection[str]]:
        return {**self._roll.people, **_fields(self._attendance.people.values())}

    async def _nowhere_else(self, people: Sequence[Person]) -> list[Person]:
        """Those of them who are at no other worker."""
        elsewhere = await self._redis.elsewhere(self._worker, [person.id for person in people])
        return [person for person in people if person.id not in elsewhere]

    async def _announce(self, came: Iterable[Person], went: Iterable[Person]) -> None:
        frames = chain(_frames(came, here=True), _frames(went, here=False))
        await self._redis.announce(islice(frames, TOLD_AT_ONCE))

    async def _note_seen(self, moves: Moves, now: float) -> None:
        is_due = now >= self._note_at
        here = self._attendance.people.values() if is_due else moves.came
        moments = _moments(here, _milliseconds()) | _moments(moves.went, _left_at())
        if is_due:
            self._note_at = now + SEEN_PAUSE
        if moments:
            await self._redis.note_seen(moments)

    def _fail(self, error: Unavailable) -> None:
        self._metrics.presence_failures.inc()
        if not self._failing:
            logger.warning("Redis cannot be told who is here: %s", error)
        self._failing = True

    def _recover(self) -> None:
        if self._failing:
            logger.warning("Redis is told again who is here.")
        self._failing = False


def _changed(
    gathered: Mapping[Field, Collection[str]], moves: Moves
) -> dict[Field, Collection[str]]:
    gone: dict[Field, Collection[str]] = {of_person(person.id): NOBODY for person in moves.went}
    return {**gathered, **_fields(moves.came), **gone}


def _fields(people: Iterable[Person]) -> dict[Field, Collection[str]]:
    return {of_person(person.id): [person.id] for person in people}


def _frames(people: Iterable[Person], *, here: bool) -> Iterator[PresenceFrame]:
    for person in people:
        seen_at = None if here else _moments([person], _left_at()).get(person.id)
        for thread_id in heapq.nlargest(THREADS_TOLD, _pairs(person)):
            yield PresenceFrame(thread=thread_id, user=person.id, here=here, seen_at=seen_at)


def _pairs(person: Person) -> list[int]:
    return [number for number, standing in person.places.items() if standing.kind == DIRECT]


def _moments(people: Iterable[Person], moment: int) -> dict[str, int]:
    """The same one for each of them who shows when they were here."""
    return {person.id: moment for person in people if _shows_when(person.preferences)}


def _shows_when(preferences: Preferences) -> bool:
    return preferences.shows_presence and preferences.shows_last_seen


def _left_at() -> int:
    """When those left who are gone now; ms since 1970 UTC."""
    return _milliseconds() - int(ABSENCE * 1000)


def _milliseconds() -> int:
    return int(time.time() * 1000)
