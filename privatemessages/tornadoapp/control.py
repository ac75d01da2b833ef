"""Events on a person's channel, carried out on the sockets that the person has here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from .. import protocol
from ..errors import Unavailable
from ..protocol import CloseCode
from ..sessions import session_digest
from .connections import Person
from .memberships import Memberships
from .refreshing import Refresher

logger = logging.getLogger(__name__)


class Control:
    def __init__(self, memberships: Memberships, refresher: Refresher) -> None:
        self._memberships = memberships
        self._refresher = refresher
        self._running: set[asyncio.Task[None]] = set()

    def carry_out(self, person: Person, event: protocol.Control) -> None:
        match event:
            case protocol.Joined():
                self._start(self._admit(person, event.thread))
            case protocol.Removed():
                self._memberships.dismiss(person, event.thread)
                # They may have come back, and that may have been told by another process before.
                self._start(self._admit(person, event.thread))
            case protocol.RightsChanged():
                self._start(self._update(person, event.thread))
            case protocol.Notice() | protocol.ReadFrame() | protocol.PlaceFrame():
                person.tell(event.thread, event)
            case protocol.PreferencesChanged():
                person.changes += 1  # what is being read already may be older
                self._refresher.request([person], tell_heads=False)
            case protocol.SessionEnded():
                _close_session(person, event.session)
            case protocol.Recheck():
                self._refresher.request([person], tell_heads=False)

    async def _admit(self, person: Person, thread_id: int) -> None:
        try:
            await self._memberships.admit(person, thread_id)
        except Unavailable as error:
            logger.warning("Could not follow a new thread yet: %s", error)
            self._refresher.request([person], tell_heads=True)

    async def _update(self, person: Person, thread_id: int) -> None:
        try:
            await self._memberships.update(person, thread_id)
        except Unavailable as error:
            logger.warning("Could not read somebody's rights yet: %s", error)
            self._refresher.request([person], tell_heads=False)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        # The loop keeps only weak references to its tasks.
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def _close_session(person: Person, digest: str) -> None:
    for connection in tuple(person.connections):
        if session_digest(connection.session) == digest:
            connection.close(CloseCode.NOT_SIGNED_IN)
