"""What the JSON API takes, and its errors. Its answers are shaped by `history` and `protocol`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from .. import history, protocol
from ..errors import BadDuration

# NUL is what PostgreSQL refuses; a name or a text with it is refused further down.
Reason = Annotated[str, Field(pattern=r"^[^\x00]*$")]


class Error(protocol.Shape):
    """`code` is stable and for programs, `detail` is for people and translated."""

    code: str
    detail: str


class Whom(protocol.Shape):
    """By the user name, or by the `id` that the search for people gave."""

    user: str | None = None
    user_id: str | None = None


class NewDirect(Whom):
    kind: Literal["direct"] = "direct"


class NewGroup(protocol.Shape):
    """`people` are user names; whoever makes it belongs to it anyway."""

    kind: Literal["group"]
    title: str
    people: list[str] = []
    people_ids: list[str] = []
    shows_past: bool = False


class NewRoom(protocol.Shape):
    kind: Literal["room"]
    title: str
    topic: str = ""
    public: bool = True
    shows_past: bool = True


def _kind(content: Any) -> Any:
    return content.get("kind", "direct") if isinstance(content, dict) else None


NewThread = Annotated[
    Annotated[NewDirect, Tag("direct")]
    | Annotated[NewGroup, Tag("group")]
    | Annotated[NewRoom, Tag("room")],
    Discriminator(_kind),
]


class ThreadChange(protocol.Shape):
    """What is left out, or null, stays as it is."""

    title: str | None = None
    topic: str | None = None
    public: bool | None = None
    shows_past: bool | None = None


class PreferencesChange(protocol.Shape):
    """What is left out, or null, stays as it is."""

    shows_presence: bool | None = None
    shows_last_seen: bool | None = None
    shows_typing: bool | None = None


class NewRole(protocol.Shape):
    role: Literal["owner", "moderator", "member"]


class Measure(protocol.Shape):
    """A mute or a ban; without `seconds` it lasts until it is taken back."""

    seconds: int | None = None
    reason: Reason = ""

    @property
    def lasting(self) -> timedelta | None:
        """Raises BadDuration for what is beyond a timedelta; `actions` knows the other limits."""
        try:
            return None if self.seconds is None else timedelta(seconds=self.seconds)
        except OverflowError:
            raise BadDuration from None


class NewMessage(protocol.Shape):
    """`id` is a UUID that the client chose; the same one again is the same message."""

    id: str
    text: str
    reply_to: Annotated[int, Field(ge=1, le=protocol.BIGGEST_NUMBER)] | None = None


class ReadMark(protocol.Shape):
    seq: protocol.Number


class Heads(protocol.Shape):
    """`threads` by their ids."""

    user: protocol.Sender
    threads: dict[str, protocol.Head]


class People(protocol.Shape):
    people: list[protocol.Sender]


class Presences(protocol.Shape):
    """By thread."""

    presence: dict[int, protocol.Presence]


class Bans(protocol.Shape):
    bans: list[history.BanCard]


class EntryRequests(protocol.Shape):
    requests: list[history.RequestCard]


REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 500, 503), Error)
