"""Pieces of a history, and whether they reach its ends."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists

from ..models import Message
from ..querysets import MessageQuerySet


class Cut(NamedTuple):
    """In the order of `seq`."""

    messages: list[Message]
    is_oldest: bool
    is_newest: bool


def newest(rows: MessageQuerySet, limit: int) -> Cut:
    found, is_oldest, _ = _beside(rows.newest_first(), rows.none(), limit)
    return Cut(found[::-1], is_oldest, is_newest=True)


def before(rows: MessageQuerySet, seq: int, limit: int) -> Cut:
    earlier, behind = rows.filter(seq__lt=seq), rows.filter(seq__gte=seq)
    found, is_oldest, is_newest = _beside(earlier.newest_first(), behind, limit)
    return Cut(found[::-1], is_oldest, is_newest)


def after(rows: MessageQuerySet, seq: int, limit: int) -> Cut:
    later, behind = rows.filter(seq__gt=seq), rows.filter(seq__lte=seq)
    found, is_newest, is_oldest = _beside(later.in_order(), behind, limit)
    return Cut(found, is_oldest, is_newest)


def _beside(
    rows: MessageQuerySet, behind: MessageQuerySet, limit: int
) -> tuple[list[Message], bool, bool]:
    """The next ones; whether they are the last that way, and whether nothing is behind them.

    One query tells all of it, unless there are none.
    """
    found = list(rows.annotate(is_behind=Exists(behind))[: limit + 1])
    is_behind = found[0].is_behind if found else behind.exists()  # type: ignore[attr-defined]  # annotated
    return found[:limit], len(found) <= limit, not is_behind


def around(rows: MessageQuerySet, seq: int, limit: int) -> Cut:
    later = list(rows.filter(seq__gt=seq).in_order()[: limit // 2 + 1])
    is_newest = len(later) <= limit // 2
    later = later[: limit // 2]
    count = limit - len(later)
    earlier = list(rows.filter(seq__lte=seq).newest_first()[: count + 1])
    return Cut(earlier[:count][::-1] + later, len(earlier) <= count, is_newest)
