"""One socket, and one person with all of theirs, as the rest of a worker sees them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Protocol

from .. import protocol
from ..errors import MessengerError
from ..protocol import CloseCode
from ..standing import Standing
from .delivery import PING, Outlet, text_frame
from .limits import Limits, TokenBucket

NUMBER_BITS = 48  # enough that no two of a worker's lines are mistaken for one socket's


class Transport(Protocol):
    """What a connection needs of its handler."""

    def language_headers(self) -> Mapping[str, str]: ...

    def close(self, code: int | None = None, reason: str | None = None) -> None: ...

    def abort(self) -> None: ...


class Person:
    """Somebody who has at least one socket here, and what they may do in each of their threads.

    `changes` grows when a place changes, or may have: a reading of the database that began before
    is then older than an event, and must not undo it.
    """

    __slots__ = ("changes", "connections", "id", "limits", "name", "places", "preferences")

    def __init__(self, user_id: str, name: str, limits: Limits) -> None:
        self.id = user_id
        self.name = name
        self.places: dict[int, Standing] = {}
        self.preferences = protocol.Preferences()
        self.connections: set[Connection] = set()
        self.changes = 0
        self.limits = limits

    def tell(self, thread_id: int, frame: protocol.Frame) -> None:
        """All of their sockets here that want the thread."""
        # A copy: one that has stopped reading leaves while it is told.
        for connection in tuple(self.connections):
            if connection.wants(thread_id):
                connection.tell(frame)


class Connection:
    """`session` is the session's key, `heard_at` monotonic seconds of the last sign of life.

    `unanswered` counts the pings since then. `number` is random: the log names the socket by it,
    and its turn in a heartbeat follows from it. `waits` while one of its frames does, with all that
    come after it. `code` is with what it was closed, by whichever side; a CloseCode where that was
    ours.
    """

    __slots__ = (
        "_transport",
        "closed",
        "code",
        "frames",
        "greeted",
        "heard_at",
        "number",
        "only",
        "opened_at",
        "outlet",
        "person",
        "session",
        "unanswered",
        "waits",
    )

    def __init__(
        self, transport: Transport, outlet: Outlet, frames: TokenBucket, session: str, now: float
    ) -> None:
        self._transport = transport
        self.outlet = outlet
        self.frames = frames
        self.session = session
        self.heard_at = self.opened_at = now
        self.unanswered = 0
        self.waits = False
        self.number = secrets.randbits(NUMBER_BITS)
        self.only: int | None = None
        self.person: Person | None = None
        self.greeted = False
        self.closed = False
        self.code: int | None = None

    @property
    def names(self) -> dict[str, object]:
        """For the log: of whom a line speaks."""
        digits = f"{self.number:0{NUMBER_BITS // 4}x}"
        return {"connection": digits, "person": self.person and self.person.id}

    def wants(self, thread_id: int) -> bool:
        return self.only is None or self.only == thread_id

    def threads(self, places: Iterable[int]) -> list[int]:
        return [thread_id for thread_id in places if self.wants(thread_id)]

    def tell(self, frame: protocol.Frame) -> None:
        self.relay(encoded := protocol.encode(frame), text_frame(encoded))

    def relay(self, frame: bytes, framed: bytes) -> None:
        """`framed` is `frame` as it goes onto the wire, made once for all receivers."""
        self.outlet.write(framed)

    def greet(self, hello: protocol.Hello, spoken: Iterable[bytes]) -> None:
        """Says `hello`, then what is still only spoken, then what happened in the meantime."""
        self.outlet.release(text_frame(frame) for frame in (protocol.encode(hello), *spoken))

    def refuse(self, error: MessengerError, frame_id: str | None = None) -> None:
        self.tell(protocol.ErrorFrame.of(error, frame_id))

    def language_headers(self) -> Mapping[str, str]:
        """Of the handshake: what tells Django the language that this person reads."""
        return self._transport.language_headers()

    def hear(self, now: float) -> None:
        """A sign of life came, of whichever kind."""
        self.heard_at, self.unanswered = now, 0

    def ping(self) -> None:
        self.unanswered += 1
        self.outlet.write(PING)

    def close(self, code: CloseCode) -> None:
        if not self.closed:
            self.closed, self.code = True, code
            self.outlet.close()
            self._transport.close(code, code.name.lower())

    def end(self, code: int | None) -> None:
        """The socket is closed, with the code that its client gave, if any."""
        if not self.closed:
            self.closed, self.code = True, code

    def abort(self) -> None:
        self._transport.abort()


class PlainConnection(Connection):
    """For terminals: text of one thread in, `{"timestamp", "sender", "text"}` out."""

    __slots__ = ()

    def relay(self, frame: bytes, framed: bytes) -> None:
        content = json.loads(frame)
        if content["type"] == "message":
            self._say(_plain_message(content))

    def tell(self, frame: protocol.Frame) -> None:
        if isinstance(frame, protocol.ErrorFrame):
            self._say({"error": frame.code, "detail": frame.detail})
        elif isinstance(frame, protocol.Notice) and frame.text:
            self._say({"notice": frame.text})

    def greet(self, hello: protocol.Hello, spoken: Iterable[bytes]) -> None:
        lines = [_plain_message(json.loads(frame)) for frame in spoken]
        self.outlet.release(text_frame(_plain(line)) for line in lines)

    def _say(self, line: dict[str, object]) -> None:
        self.outlet.write(text_frame(_plain(line)))


def _plain(line: dict[str, object]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode()


def _plain_message(content: dict[str, object]) -> dict[str, object]:
    sender = content["sender"]
    name = sender["name"] if isinstance(sender, dict) else ""
    sent_at = content["sent_at"]
    assert isinstance(sent_at, int)
    return {"timestamp": sent_at / 1000, "sender": name, "text": _plain_text(content, name)}


def _plain_text(content: dict[str, object], name: str) -> object:
    """What is no text is told as a sentence; an event's is in `text` already."""
    return f"* {name} {content['text']}" if content["kind"] == "action" else content["text"]
