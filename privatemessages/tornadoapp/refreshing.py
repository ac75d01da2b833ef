"""Reads people again from the database: after a loss, an event, and every few minutes anyway."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterable

from .. import protocol
from ..errors import NotSignedIn, Unavailable
from ..protocol import CloseCode
from .connections import Connection, Person
from .hub import Hub
from .identity import Arrival
from .memberships import Memberships, heads_of
from .monitoring import Metrics

AT_ONCE = 4  # people; fewer than the threads, so that handshakes go on meanwhile
RETRY_PAUSE = 1.0  # s

logger = logging.getLogger(__name__)


class Refresher:
    def __init__(self, hub: Hub, memberships: Memberships, metrics: Metrics) -> None:
        self._hub = hub
        self._memberships = memberships
        self._metrics = metrics
        self._wanted: dict[str, bool] = {}  # person -> tell them their heads
        self._any = asyncio.Event()

    def request(self, people: Iterable[Person], *, tell_heads: bool) -> None:
        for person in people:
            self._wanted[person.id] = self._wanted.get(person.id, False) or tell_heads
        self._any.set()

    def request_all(self) -> None:
        """Something that was published may be missing."""
        self._metrics.losses.inc()
        self.request(self._hub.people(), tell_heads=True)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._refresh_for_ever())

    async def run_rechecks(self, interval: float) -> None:
        """Covers a lost signal: everybody is read again once in an interval, one after another."""
        while True:
            people = list(self._hub.people())
            for person in people:
                self.request([person], tell_heads=False)
                await asyncio.sleep(interval / len(people))
            if not people:
                await asyncio.sleep(interval)

    async def _refresh_for_ever(self) -> None:
        while True:
            user_id, tell_heads = await self._next()
            if person := self._hub.person(user_id):
                await self._refresh_or_retry(person, tell_heads=tell_heads)

    async def _next(self) -> tuple[str, bool]:
        while not self._wanted:
            self._any.clear()
            await self._any.wait()
        return self._wanted.popitem()

    async def _refresh_or_retry(self, person: Person, *, tell_heads: bool) -> None:
        try:
            await self._refresh(person, tell_heads=tell_heads)
        except Unavailable as error:
            logger.warning("Could not read a person again: %s", error)
            await asyncio.sleep(RETRY_PAUSE * (1 + random.random()))  # noqa: S311 - a jitter
            self.request([person], tell_heads=tell_heads)

    async def _refresh(self, person: Person, *, tell_heads: bool) -> None:
        """Asks for each session of the person, and closes the sockets of those that ended."""
        self._metrics.refreshes.inc()
        for session in {connection.session for connection in person.connections}:
            try:
                arrival = await self._memberships.read_again(person, session)
            except NotSignedIn:
                close_session(person, session)
            else:
                if tell_heads:
                    _tell_heads(person, session, arrival)


def _tell_heads(person: Person, session: str, arrival: Arrival) -> None:
    frame = protocol.Heads(threads=heads_of(arrival.places))
    for connection in of_session(person, session):
        connection.tell(frame)


def close_session(person: Person, session: str) -> None:
    for connection in of_session(person, session):
        connection.close(CloseCode.NOT_SIGNED_IN)


def of_session(person: Person, session: str) -> list[Connection]:
    return [connection for connection in person.connections if connection.session == session]
