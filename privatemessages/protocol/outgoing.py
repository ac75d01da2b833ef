"""Frames to a client, and the control events between processes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from ..errors import Malformed, MessengerError
from .shapes import FRAME_LIMIT, TEXT_LIMIT, Head, Message, Sender, Shape

PROTOCOL = 1
SUBPROTOCOL = "privatemessages.v1"


class Limits(Shape):
    text: int = TEXT_LIMIT
    frame: int = FRAME_LIMIT


class Hello(Shape):
    type: Literal["hello"] = "hello"
    protocol: int = PROTOCOL
    user: Sender
    heartbeat: int
    limits: Limits = Limits()
    threads: dict[str, Head]


class _Typed(Shape):
    type: str


class MessageFrame(Message, _Typed):
    # The last base's fields come first, so that `type` leads here too.
    type: Literal["message"] = "message"


class Accepted(Shape):
    type: Literal["accepted"] = "accepted"
    thread: int
    id: str


class StoredEntry(Shape):
    sender: str
    id: str
    seq: int


class Stored(Shape):
    """In the order of `seq`. The thread's version is at least the last one's."""

    type: Literal["stored"] = "stored"
    thread: int
    messages: list[StoredEntry]


class Refused(Shape):
    type: Literal["refused"] = "refused"
    thread: int
    sender: str
    id: str
    code: str


class Heads(Shape):
    type: Literal["heads"] = "heads"
    threads: dict[str, Head]


class ReadFrame(Shape):
    type: Literal["read"] = "read"
    thread: int
    user: str
    seq: int


class TypingFrame(Shape):
    type: Literal["typing"] = "typing"
    thread: int
    user: str
    name: str


class PresenceFrame(Shape):
    """Somebody came or went, told where two talk. `seen_at` is ms since 1970 UTC, or hidden."""

    type: Literal["presence"] = "presence"
    thread: int
    user: str
    here: bool
    seen_at: int | None


class PlaceFrame(Shape):
    """What this person chose for a thread of theirs, told to their own sockets alone."""

    type: Literal["place"] = "place"
    thread: int
    marked_unread: bool
    silent: bool


class Joined(Shape):
    """A thread appeared for this person: told to the client, and to the workers as an event."""

    type: Literal["joined"] = "joined"
    thread: int
    head: Head


class Removed(Shape):
    type: Literal["removed"] = "removed"
    thread: int


class ThreadFrame(Shape):
    """Durable: what a thread is called, and what of it is open. Workers review rights at it.

    `version` is the thread's at that moment. The history up to `cleared` is gone for everybody.
    """

    type: Literal["thread"] = "thread"
    thread: int
    version: int
    title: str
    slug: str | None
    topic: str
    public: bool
    closed: bool
    cleared: int


class Rights(Shape):
    """What this person may do there now. `muted_until` is ms since 1970 UTC, None for not muted."""

    type: Literal["rights"] = "rights"
    thread: int
    role: str
    may_post: bool
    muted_until: int | None


class RightsChanged(Shape):
    """For workers only: read this person's place in the thread again."""

    type: Literal["rights_changed"] = "rights_changed"
    thread: int


class PreferencesChanged(Shape):
    """For workers only: read again what this person shows of themselves."""

    type: Literal["preferences_changed"] = "preferences_changed"


class Notice(Shape):
    """To one person alone: the answer to their command, with the id of its frame, or news.

    `code` is an error's, where the command was not carried out.
    """

    type: Literal["notice"] = "notice"
    thread: int
    text: str
    id: str | None = None
    code: str | None = None


class ErrorFrame(Shape):
    type: Literal["error"] = "error"
    id: str | None = None
    code: str
    detail: str
    retry_after: int | None = None

    @classmethod
    def of(cls, error: MessengerError, frame_id: str | None = None) -> ErrorFrame:
        return cls(id=frame_id, code=error.code, detail=error.detail, retry_after=error.retry_after)


class Pong(Shape):
    type: Literal["pong"] = "pong"


class SessionEnded(Shape):
    """For workers only. `session` is a digest, never the key itself."""

    type: Literal["session_ended"] = "session_ended"
    session: str


class Recheck(Shape):
    """For workers only: read this person's sessions and rights again."""

    type: Literal["recheck"] = "recheck"


Control = (
    Joined | Removed | RightsChanged | Notice | ReadFrame | PlaceFrame
    | PreferencesChanged | SessionEnded | Recheck
)  # fmt: skip
Frame = (
    Hello | MessageFrame | Accepted | Stored | Refused | Heads | ReadFrame | TypingFrame
    | PresenceFrame | PlaceFrame | Joined | Removed | ThreadFrame | Rights | Notice
    | ErrorFrame | Pong | RightsChanged | PreferencesChanged | SessionEnded | Recheck
)  # fmt: skip  # one frame a line would say no more

# `type` comes first in every frame, so a worker tells this one without reading it.
THREAD_CHANGED = b'{"type":"thread",'
# Only for those who show the same of themselves.
TYPING = b'{"type":"typing",'
PRESENCE = b'{"type":"presence",'

_control: TypeAdapter[Control] = TypeAdapter(Annotated[Control, Field(discriminator="type")])


def encode(frame: Frame) -> bytes:
    """The frame as UTF-8 JSON, `type` first as the wire has it."""
    return frame.model_dump_json().encode()


def parse_control(raw: bytes) -> Control:
    """An event from a person's channel; raises Malformed for what this version does not know."""
    try:
        return _control.validate_json(raw)
    except ValidationError:
        raise Malformed("An unknown control event.") from None
