"""What the JSON API takes, and its errors. Its answers are shaped by `history` and `protocol`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .. import protocol


class Error(protocol.Shape):
    """`code` is stable and for programs, `detail` is for people and translated."""

    code: str
    detail: str


class NewThread(protocol.Shape):
    """With whom: by the user name, or by the `id` that the search for people gave."""

    kind: Literal["direct"] = "direct"
    user: str | None = None
    user_id: str | None = None


class NewMessage(protocol.Shape):
    """`id` is a UUID that the client chose; the same one again is the same message."""

    id: str
    text: str
    reply_to: Annotated[int, Field(ge=1, le=protocol.BIGGEST_NUMBER)] | None = None


class ReadMark(protocol.Shape):
    seq: protocol.Number


class People(protocol.Shape):
    people: list[protocol.Sender]


REFUSALS = {400: Error, 401: Error, 403: Error, 404: Error, 500: Error}
