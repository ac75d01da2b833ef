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
from .identity import Arrival, Identity
from .memberships import Memberships, heads_of
from .monitoring import Metrics

AT_ONCE = 4  # people; fewer than the threads, so that handshakes go on meanwhile
RETRY_PAUSE = 1.0  # s

logger = logging.getLogger(__name__)


class Refresher:
    def __init__(
        self, hub: Hub, identity: Identity, memberships: Memberships, metrics: Metrics
    ) -> None:
        self._hub = hub
        self._identity = identity
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
            await self._any.wait()
            user_id, tell_heads = self._wanted.popitem()
            if not self._wanted:
                self._any.clear()
            if person := self._hub.person(user_id):
                await self._refresh_or_retry(person, tell_heads=tell_heads)

    async def _refresh_or_retry(self, person: Person, *, tell_heads: bool) -> None:
        try:
            await self._refresh(person, tell_heads=tell_heads)
        except Unavailable as error:
            logger.warning("Could not read a person again: %s", error)
            await asyncio.sleep(RETRY_PAUSE * (1 + random.random()))  # noqa: S311 - a jitter
            self.request([person], tell_heads=tell_heads)

    async def _refresh(self, person: Person, *, tell_heads: bool) -> None:
        self._metrics.refreshes.inc()
        changes = person.changes
        arrival = await self._latest_arrival(person)
        if arrival is None:
            return
        if person.changes != changes:
            self.request([person], tell_heads=tell_heads)
            return
        await self._memberships.agree(person, arrival.places)
        if tell_heads:
            self._tell_heads(person, arrival)

    async def _latest_arrival(self, person: Person) -> Arrival | None:
        """Asks for each session of the person, and closes the sockets of those that ended."""
        arrival = None
        for session in {connection.session for connection in person.connections}:
            found = await self._arrive(session)
            if found is None or found.user_id != person.id:
                close_session(person, session)
            else:
                arrival = found
        return arrival

    async def _arrive(self, session: str) -> Arrival | None:
        try:
            return await self._identity.arrive(session)
        except NotSignedIn:
            return None

    def _tell_heads(self, person: Person, arrival: Arrival) -> None:
        frame = protocol.Heads(threads=heads_of(arrival.places))
        for connection in person.connections:
            connection.tell(frame)


def close_session(person: Person, session: str) -> None:
    for connection in of_session(person, session):
        connection.close(CloseCode.NOT_SIGNED_IN)


def of_session(person: Person, session: str) -> list[Connection]:
    return [connection for connection in person.connections if connection.session == session]
