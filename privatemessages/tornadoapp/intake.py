"""What comes in from a socket: checked here, handed on, and answered when that is done."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from .. import protocol
from ..broker.asynchronous import FORGOTTEN, Broker
from ..errors import Malformed, MayNotPost, MessengerError, NotFound, Unavailable
from ..protocol import CloseCode
from .commands import Commands
from .connections import Connection, Person
from .memberships import Memberships
from .monitoring import Metrics
from .reads import ReadMark

FORGOTTEN_PAUSE = 1000  # ms
ROOM = "room"  # a kind of thread

logger = logging.getLogger(__name__)


class Intake:
    """`clock` is monotonic, in seconds."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that a frame may set in motion
        self,
        broker: Broker,
        memberships: Memberships,
        commands: Commands,
        mark_read: Callable[[ReadMark], None],
        on_forgotten: Callable[[], None],
        metrics: Metrics,
        clock: Callable[[], float],
    ) -> None:
        self._broker = broker
        self._memberships = memberships
        self._commands = commands
        self._mark_read = mark_read
        self._on_forgotten = on_forgotten
        self._metrics = metrics
        self._clock = clock

    def take(self, connection: Connection, raw: str | bytes) -> Awaitable[None] | None:
        """One frame. Where it is awaited, the later frames of this socket wait behind it."""
        if not self._heard(connection):
            return None
        frame_id = None
        try:
            content = protocol.load(raw)
            frame_id = protocol.frame_id(content)
            return self._route(connection, protocol.check(content), frame_id)
        except MessengerError as error:
            self._refuse(connection, error, frame_id)
            return None

    def take_plain(self, connection: Connection, raw: str | bytes) -> Awaitable[None] | None:
        """A whole text frame is one message; it gets an id here."""
        if not self._heard(connection) or connection.only is None:
            return None
        try:
            text = _text_of(raw)
            frame = protocol.Send(
                type="send", id=str(uuid.uuid4()), thread=connection.only, text=text
            )
            return self._route(connection, frame, None)
        except MessengerError as error:
            self._refuse(connection, error, None)
            return None

    def _heard(self, connection: Connection) -> bool:
        """Whether the frame may be looked at; far above the limits, the socket is closed."""
        if connection.closed or connection.person is None:
            return False
        connection.hear(now := self._clock())
        if connection.frames.take(now):
            connection.close(CloseCode.FLOOD)
            return False
        return True

    def _route(
        self, connection: Connection, frame: protocol.Incoming, frame_id: str | None
    ) -> Awaitable[None] | None:
        if isinstance(frame, protocol.Ping):
            connection.tell(protocol.Pong())
            return None
        person = _person(connection)
        if frame.thread in person.places:
            self._act(connection, person, frame)
            return None
        return self._look_up_and_act(connection, person, frame, frame_id)

    async def _look_up_and_act(
        self,
        connection: Connection,
        person: Person,
        frame: protocol.Send | protocol.Read | protocol.Typing,
        frame_id: str | None,
    ) -> None:
        try:
            person.limits.lookups.spend(self._clock())
            await self._look_up(connection, person, frame.thread)
            if connection.closed:
                return  # with its right to speak, perhaps
            if frame.thread not in person.places:
                raise NotFound
            self._act(connection, person, frame)
        except MessengerError as error:
            self._refuse(connection, error, frame_id)

    async def _look_up(self, connection: Connection, person: Person, thread_id: int) -> None:
        """However long the database takes: without it, who was cut off could not come back."""
        connection.waits = True
        try:
            await self._memberships.admit(person, thread_id)
        finally:
            connection.waits = False
            connection.hear(self._clock())

    def _act(
        self,
        connection: Connection,
        person: Person,
        frame: protocol.Send | protocol.Read | protocol.Typing,
    ) -> None:
        match frame:
            case protocol.Send() if protocol.is_command(frame.text):
                # Who may only read may still ask who is there, and leave.
                person.limits.commands.spend(self._clock())
                self._commands.submit(connection, person, frame)
            case protocol.Send():
                self._send(connection, person, frame)
            case protocol.Read():
                self._read(person, frame)
            case protocol.Typing():
                self._type(person, frame)

    def _send(self, connection: Connection, person: Person, frame: protocol.Send) -> None:
        now = _milliseconds()
        if not person.places[frame.thread].may_post_at(now):
            raise MayNotPost
        person.limits.sends.spend(self._clock())
        self._metrics.timing.begin(frame.thread, frame.id)
        accepted = self._broker.accept(
            protocol.MessageFrame(
                thread=frame.thread,
                sender=protocol.Sender(id=person.id, name=person.name),
                id=frame.id,
                text=protocol.unescape(frame.text),
                sent_at=now,
                reply_to=frame.reply_to,
            )
        )
        accepted.add_done_callback(partial(self._answer, connection, frame))

    def _answer(
        self, connection: Connection, frame: protocol.Send, accepted: asyncio.Future[int]
    ) -> None:
        """One answer for each `send`, also where it lay in the outbox already."""
        error = accepted.exception()
        if error is not None or accepted.result() <= 0:
            self._metrics.timing.forget(frame.thread, frame.id)
        if error is None and accepted.result() == FORGOTTEN:
            self._answer_forgotten(connection, frame)
        elif error is None:
            self._metrics.accepted.inc(accepted.result())
            connection.tell(protocol.Accepted(thread=frame.thread, id=frame.id))
            logger.debug("Accepted", extra=_names(connection, frame))
        elif isinstance(error, MessengerError):
            self._refuse(connection, error, frame.id)
        else:
            names = _names(connection, frame)
            logger.error("A message could not be accepted", exc_info=error, extra=names)
            self._refuse(connection, Unavailable(), frame.id)

    def _answer_forgotten(self, connection: Connection, frame: protocol.Send) -> None:
        # A closed one has been sent away for this already.
        if not connection.closed:
            self._refuse(connection, Unavailable(retry_after=FORGOTTEN_PAUSE), frame.id)
            self._on_forgotten()

    def _read(self, person: Person, frame: protocol.Read) -> None:
        """Told to all of their own tabs at once; to others, and what is too much, when saved."""
        self._mark_read(ReadMark(frame.thread, person.id, frame.seq, _milliseconds()))
        if person.limits.reads.take(self._clock()):
            return
        mark = protocol.ReadFrame(thread=frame.thread, user=person.id, seq=frame.seq)
        _may_be_dropped(self._broker.tell_person(person.id, mark))

    def _type(self, person: Person, frame: protocol.Typing) -> None:
        if not person.preferences.shows_typing:
            return
        standing = person.places[frame.thread]
        # In a room it would tell hundreds of dozens; of who is muted, what nobody will hear.
        if standing.kind == ROOM or not standing.may_post_at(_milliseconds()):
            return
        if person.limits.typing.take(self._clock()):
            return
        typing = protocol.TypingFrame(thread=frame.thread, user=person.id, name=person.name)
        _may_be_dropped(self._broker.tell_thread(frame.thread, typing))

    def _refuse(self, connection: Connection, error: MessengerError, frame_id: str | None) -> None:
        self._metrics.errors.labels(error.code).inc()
        names = {**connection.names, "message_id": frame_id, "code": error.code}
        logger.debug("A frame was refused", extra=names)
        connection.refuse(error, frame_id)


def _names(connection: Connection, frame: protocol.Send) -> dict[str, object]:
    return {**connection.names, "thread_id": frame.thread, "message_id": frame.id}


def _may_be_dropped(told: asyncio.Future[int]) -> None:
    """That somebody types is old news in a moment, and a read mark is told again when saved."""
    told.add_done_callback(lambda future: future.exception())


def _text_of(raw: str | bytes) -> str:
    if isinstance(raw, bytes):
        raise Malformed
    return protocol.clean_text(raw)


def _person(connection: Connection) -> Person:
    assert connection.person is not None
    return connection.person


def _milliseconds() -> int:
    return int(time.time() * 1000)
