"""Frames from a client: read, checked, and refused with a code that says what is wrong."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from ..errors import BadText, Malformed, MessengerError, UnknownType
from .shapes import BIGGEST_NUMBER, Number, Shape, clean_text, clean_uuid

ECHOED_ID_LIMIT = 64  # characters of a frame's id that an error repeats


class Send(Shape):
    type: Literal["send"]
    id: str
    thread: Number
    text: str
    reply_to: Annotated[int, Field(ge=1, le=BIGGEST_NUMBER)] | None = None


class Read(Shape):
    type: Literal["read"]
    thread: Number
    seq: Number


class Typing(Shape):
    type: Literal["typing"]
    thread: Number


class Ping(Shape):
    type: Literal["ping"]


Incoming = Send | Read | Typing | Ping

_incoming: TypeAdapter[Incoming] = TypeAdapter(Annotated[Incoming, Field(discriminator="type")])


def load(raw: str | bytes) -> dict[str, Any]:
    """The JSON object in a text frame; raises Malformed for everything else."""
    if isinstance(raw, bytes):
        raise Malformed("Frames are text, not binary.")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise Malformed("The frame is not JSON.") from None
    if not isinstance(content, dict):
        raise Malformed("The frame is not a JSON object.")
    return content


def frame_id(content: dict[str, Any]) -> str | None:
    """The id that an error about this frame may repeat."""
    value = content.get("id")
    if isinstance(value, str) and value.isascii() and len(value) <= ECHOED_ID_LIMIT:
        return value
    return None


def check(content: dict[str, Any]) -> Incoming:
    """A client frame of a known type, its text stripped.

    Raises Malformed or UnknownType, and for `send` also Empty, TooLong and BadText.
    """
    try:
        frame = _incoming.validate_python(content)
    except ValidationError as error:
        raise _refusal(error) from None
    return _clean(frame) if isinstance(frame, Send) else frame


def _refusal(error: ValidationError) -> MessengerError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return UnknownType()
    if first["type"] == "string_unicode":
        return BadText()
    return Malformed(f"The field {first['loc'][-1]} is missing or wrong.")


def _clean(frame: Send) -> Send:
    clean_uuid(frame.id)
    return frame.model_copy(update={"text": clean_text(frame.text)})
