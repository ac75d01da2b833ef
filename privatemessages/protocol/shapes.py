"""What frames, the JSON API and the outbox have in common."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..errors import BadText, Empty, Malformed, TooLong

TEXT_LIMIT = 10_000  # code points, after stripping
FRAME_LIMIT = 128 * 1024  # bytes

# PostgreSQL's bigint; a larger number would be an error of the database instead of an answer.
BIGGEST_NUMBER = 2**63 - 1

Number = Annotated[int, Field(ge=0, le=BIGGEST_NUMBER)]


class Shape(BaseModel):
    """Strict about types, lenient about unknown fields: a newer peer may know more."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Sender(Shape):
    id: str
    name: str


Kind = Literal["text", "action", "event"]


class Happening(Shape):
    """What an entry of the kind `event` tells: see EVENTS in docs/protocol.md.

    `person` is to whom it was done, `value` the new title, topic or role. `members` is how many
    there are now; None where the history tells it, later.
    """

    code: str
    person: Sender | None = None
    value: str = ""
    members: int | None = None


class Message(Shape):
    """One entry of a history. `sent_at` is milliseconds since 1970 UTC.

    `seq` and `version` are None while the message is only spoken. `sender` is None when the person
    was deleted. An `action` is what its sender does ("/me waves"). An `event` has the same said in
    English as its text, for clients that know no better.
    """

    thread: Number
    sender: Sender | None
    id: str
    kind: Kind = "text"
    text: str
    event: Happening | None = None
    sent_at: Number
    reply_to: Number | None = None
    seq: Number | None = None
    version: Number | None = None


class Head(Shape):
    """Where a thread stands, and how far this person has read it."""

    version: Number
    read: Number


class Preferences(Shape):
    """What somebody shows of themselves. Who hides one of these does not see others'."""

    shows_presence: bool = True
    shows_last_seen: bool = True
    shows_typing: bool = True


class Presence(Shape):
    """Whether somebody is here now; `seen_at` is when they were last, in ms since 1970 UTC.

    `seen_at` is None while they are here, where they hide it, and where nobody knows.
    """

    here: bool
    seen_at: int | None = None


def clean_text(text: str) -> str:
    """The text as it is stored: stripped.

    Raises Empty, TooLong, or BadText for NUL, which PostgreSQL refuses, and for lone surrogates,
    which UTF-8 cannot carry.
    """
    text = text.strip()
    if not text:
        raise Empty
    if len(text) > TEXT_LIMIT:
        raise TooLong
    if "\x00" in text or not _encodable(text):
        raise BadText
    return text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_uuid(text: str) -> str:
    """A message id in its one canonical form; raises Malformed for any other (RFC 9562, 4)."""
    try:
        canonical = str(UUID(text))
    except ValueError:
        raise Malformed("The id is not a UUID.") from None
    if canonical != text:
        raise Malformed("The id is not a canonical lower-case UUID.")
    return canonical
