"""The lines of a log: which are mine, which go on where the one before ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from .. import protocol, times


@dataclass(frozen=True, slots=True)
class Line:
    """`follows`: the same person said the one before, on the same day, and nothing parts them."""

    entry: protocol.Message
    mine: bool
    starts_day: bool
    starts_unread: bool
    follows: bool


def lines_of(
    entries: Sequence[protocol.Message], user_id: str, first_unread: int | None
) -> list[Line]:
    befores = [None, *entries[:-1]] if entries else []
    pairs = zip(entries, befores, strict=True)
    return [_line(entry, before, user_id, first_unread) for entry, before in pairs]


def _line(
    entry: protocol.Message, before: protocol.Message | None, user_id: str, unread: int | None
) -> Line:
    starts_day = before is None or _day(before) != _day(entry)
    starts_unread = entry.seq is not None and entry.seq == unread
    goes_on = before is not None and _go_together(before, entry)
    mine = entry.sender is not None and entry.sender.id == user_id
    follows = goes_on and not (starts_day or starts_unread)
    return Line(entry, mine, starts_day, starts_unread, follows)


def _go_together(before: protocol.Message, entry: protocol.Message) -> bool:
    is_known = entry.sender is not None  # deleted people are not one person
    return is_known and before.kind == entry.kind == "text" and before.sender == entry.sender


def _day(entry: protocol.Message) -> date:
    return localdate(times.moment(entry.sent_at))
