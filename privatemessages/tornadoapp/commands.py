"""Commands of the message field, such as "/kick bob": handed to Django, which carries them out."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque

from pydantic import BaseModel, ValidationError

from .. import protocol
from ..errors import RateLimited, Unavailable
from .connections import Connection, Person
from .endpoints import Caller, CallFailed
from .monitoring import Metrics

TIMEOUT = 10.0  # s, for one command
AT_ONCE = 10  # commands of all people here that Django is asked for
WAITING_LIMIT = 20  # commands of one socket
RETRY_AFTER = 1000  # ms

logger = logging.getLogger(__name__)


class Answer(BaseModel):
    """`code` is an error's, where the command was not carried out."""

    text: str
    code: str | None = None


class Commands:
    """One after another for each socket, while the socket is read on.

    What still waits when a socket closes is not carried out. Nothing is asked twice: what came of
    a command that was not answered is unknown, and to repeat it may mean something else.
    """

    def __init__(self, caller: Caller, metrics: Metrics) -> None:
        self._caller = caller
        self._metrics = metrics
        self._waiting: dict[Connection, deque[protocol.Send]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._failing = False

    def submit(self, connection: Connection, person: Person, command: protocol.Send) -> None:
        """Raises RateLimited where too many wait for Django."""
        waiting = self._waiting.get(connection)
        if waiting is None:
            self._waiting[connection] = deque([command])
            self._start(connection, person)
        elif len(waiting) < WAITING_LIMIT:
            waiting.append(command)
        else:
            raise RateLimited(retry_after=RETRY_AFTER)

    def _start(self, connection: Connection, person: Person) -> None:
        task = asyncio.create_task(self._carry_out_all(connection, person))
        # The loop keeps only weak references to its tasks.
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry_out_all(self, connection: Connection, person: Person) -> None:
        waiting = self._waiting[connection]
        try:
            while waiting and not connection.closed:
                await self._carry_out(connection, person, waiting.popleft())
        finally:
            del self._waiting[connection]

    async def _carry_out(
        self, connection: Connection, person: Person, command: protocol.Send
    ) -> None:
        try:
            answer = await self._ask(connection, person, command)
        except CallFailed as failure:
            self._fail(failure)
            connection.refuse(Unavailable(), command.id)
        else:
            self._failing = False
            self._count("refused" if answer.code else "done")
            connection.tell(_notice(command, answer))

    def _fail(self, failure: CallFailed) -> None:
        """While Django is away, everybody's commands fail: one line says so."""
        self._count("failed")
        self._metrics.errors.labels(Unavailable.code).inc()
        if not self._failing:
            logger.warning("Commands are not answered: %s", failure)
        self._failing = True

    async def _ask(self, connection: Connection, person: Person, command: protocol.Send) -> Answer:
        content = {"thread": command.thread, "sender": person.id, "text": command.text}
        body = json.dumps(content, ensure_ascii=False).encode()
        answer = await self._caller.post(body, connection.language_headers())
        try:
            return Answer.model_validate_json(answer)
        except ValidationError:
            raise CallFailed("the answer is not ours", answered=False) from None

    def _count(self, outcome: str) -> None:
        self._metrics.commands.labels(outcome).inc()


def _notice(command: protocol.Send, answer: Answer) -> protocol.Notice:
    return protocol.Notice(thread=command.thread, text=answer.text, id=command.id, code=answer.code)
