"""Who is told what others do at this moment: who shows the same of themselves. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .. import protocol
from ..protocol import PresenceFrame
from .connections import Connection, Person

OF_PEOPLE = (protocol.TYPING, protocol.PRESENCE)  # how such a frame begins

Audience = tuple[bytes, Sequence[Connection]]


def audiences(frame: bytes, listeners: Sequence[Connection]) -> Iterator[Audience]:
    """What of a frame that is OF_PEOPLE goes to whom of the listeners."""
    if frame.startswith(protocol.TYPING):
        yield frame, _those(listeners, lambda person: person.preferences.shows_typing)
        return
    told = PresenceFrame.model_validate_json(frame)
    others = _those(listeners, lambda person: _hears(person, told))
    yield frame, _those(others, lambda person: person.preferences.shows_last_seen)
    undated = protocol.encode(told.model_copy(update={"seen_at": None}))
    yield undated, _those(others, lambda person: not person.preferences.shows_last_seen)


def _hears(person: Person, told: PresenceFrame) -> bool:
    """Not of themselves."""
    return person.preferences.shows_presence and person.id != told.user


def _those(connections: Sequence[Connection], hear: Callable[[Person], bool]) -> list[Connection]:
    return [it for it in connections if it.person is not None and hear(it.person)]
