"""Who is told what others do at this moment: who shows the same of themselves. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .. import protocol
from ..protocol import Preferences, PresenceFrame
from .connections import Connection

OF_PEOPLE = (protocol.TYPING, protocol.PRESENCE)  # how such a frame begins

Audience = tuple[bytes, Sequence[Connection]]


def audiences(frame: bytes, listeners: Sequence[Connection]) -> Iterator[Audience]:
    """What of a frame that is OF_PEOPLE goes to whom of the listeners."""
    if frame.startswith(protocol.TYPING):
        yield frame, _those(listeners, lambda person: person.shows_typing)
    else:
        showing = _those(listeners, lambda person: person.shows_presence)
        yield frame, _those(showing, lambda person: person.shows_last_seen)
        yield _without_time(frame), _those(showing, lambda person: not person.shows_last_seen)


def _those(
    connections: Sequence[Connection], show: Callable[[Preferences], bool]
) -> list[Connection]:
    return [it for it in connections if it.person is not None and show(it.person.preferences)]


def _without_time(frame: bytes) -> bytes:
    known = PresenceFrame.model_validate_json(frame)
    return protocol.encode(known.model_copy(update={"seen_at": None}))
