"""From a session cookie to a person and their places: the only code here that reads the database.

It runs in a bounded pool of threads, never on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

import django.db
from django.conf import settings as django_settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.db import close_old_connections
from django.http import HttpRequest

from .. import history
from ..errors import MessengerError, NotSignedIn, Unavailable
from ..people import name_of
from ..protocol import Preferences
from ..standing import Place

RETRY_AFTER = 1000  # ms
LAST_ANSWER = 2.0  # s that the database may still take when a worker ends

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Arrival:
    user_id: str
    name: str
    places: dict[int, Place]
    preferences: Preferences


class Identity:
    """Every call raises Unavailable where the database cannot be reached."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="identity")
        self._asked: set[Future[Any]] = set()
        self._sessions = _reading_sessions()

    async def arrive(self, session_key: str) -> Arrival:
        """Whose session this is, with the heads, rights and preferences of now.

        Raises NotSignedIn.
        """
        return await self._run(self._arrive, session_key)

    async def place(self, user_id: str, thread_id: int) -> Place | None:
        return await self._run(history.place, user_id, thread_id)

    async def places(self, thread_id: int, user_ids: Collection[str]) -> dict[str, Place]:
        """Of these people, by their ids: the places of those who belong to the thread."""
        return await self._run(history.places, thread_id, user_ids)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(tuple(self._asked), LAST_ANSWER)

    async def _run(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        try:
            return await self._in_a_thread(function, *arguments)
        except MessengerError:
            raise
        except django.db.Error as error:
            raise Unavailable(reason=f"The database: {error}", retry_after=RETRY_AFTER) from error
        except Exception as error:
            # A project's session engine may raise anything while its store is away.
            logger.exception("A person could not be read")
            # Told there; what it says may quote the session, and goes into lines of the log.
            reason = f"A session: {type(error).__name__}"
            raise Unavailable(reason=reason, retry_after=RETRY_AFTER) from error

    async def _in_a_thread(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        asked = self._pool.submit(_with_connection, function, *arguments)
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)
        return await asyncio.wrap_future(asked)

    def _arrive(self, session_key: str) -> Arrival:
        request = HttpRequest()
        request.session = self._sessions(session_key)
        user = get_user(request)
        if not user.is_authenticated or not user.is_active:
            raise NotSignedIn
        places, preferences = history.heads(user.pk), history.preferences(user.pk)
        return Arrival(str(user.pk), name_of(user), places, preferences)


def _with_connection(function: Callable[..., Answer], *arguments: Any) -> Answer:
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()


def _reading_sessions() -> type[SessionBase]:
    """The project's session engine, unable to write.

    `get_user` flushes a session whose password has changed, and gives one that was signed with a
    fallback key a new key. Only a response can tell a browser its new key, and there is none here.
    """
    engine: type[SessionBase] = import_module(django_settings.SESSION_ENGINE).SessionStore

    def leave(self: SessionBase, *arguments: Any, **options: Any) -> None: ...

    names = ("save", "create", "delete", "cycle_key", "flush")
    # The name is part of the salt with which Django signs a session's data.
    return type(engine.__qualname__, (engine,), dict.fromkeys(names, leave))
