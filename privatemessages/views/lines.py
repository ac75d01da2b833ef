"""The lines of a log: which are mine, which go on where the one before ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from .. import protocol, times


@dataclass(frozen=True, slots=True)
class Line:
    """`follows`: the same person said the one before, on the same day."""

    entry: protocol.Message
    mine: bool
    starts_day: bool
    follows: bool


def lines_of(entries: Sequence[protocol.Message], user_id: str) -> list[Line]:
    befores = [None, *entries[:-1]] if entries else []
    return [_line(entry, before, user_id) for entry, before in zip(entries, befores, strict=True)]


def _line(entry: protocol.Message, before: protocol.Message | None, user_id: str) -> Line:
    starts_day = before is None or _day(before) != _day(entry)
    follows = before is not None and not starts_day and _go_together(before, entry)
    mine = entry.sender is not None and entry.sender.id == user_id
    return Line(entry, mine, starts_day, follows)


def _go_together(before: protocol.Message, entry: protocol.Message) -> bool:
    return before.kind == entry.kind == "text" and before.sender == entry.sender


def _day(entry: protocol.Message) -> date:
    return localdate(times.moment(entry.sent_at))
