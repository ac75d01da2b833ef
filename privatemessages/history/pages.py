"""A thread's history, cut by `seq` and never by time or OFFSET, and what changed in it.

The version is read first, and what is read after it is cut there. So a page and the events that
are told from its version on leave no gap, although the two are read in separate statements.
"""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists

from .. import protocol
from ..errors import Malformed, NotFound
from ..models import Message
from ..querysets import MessageQuerySet
from ..standing import Place
from .places import place
from .shapes import message_shape

PAGE_SIZE = 50  # messages
PAGE_LIMIT = 100  # messages
CHANGES_LIMIT = 200  # messages; who is further behind loads the thread afresh


class History(protocol.Shape):
    """`version` is the thread's when it was read.

    What lies up to `cleared` is not this person's, or not any more: a client drops it.
    """

    messages: list[protocol.Message]
    version: int
    cleared: int


class MessagePage(History):
    """In the order of `seq`. At an end, nothing of this person's history lies further that way.

    An empty page lies where its cursor is.
    """

    is_oldest: bool
    is_newest: bool


class Changes(History):
    """In the order of `version`. Not `complete`: load the thread afresh."""

    complete: bool


class Cut(NamedTuple):
    messages: list[Message]
    is_oldest: bool
    is_newest: bool


def messages(  # noqa: PLR0913 - three cursors, of which at most one is given
    person: AbstractBaseUser,
    thread_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = PAGE_SIZE,
) -> MessagePage:
    """Before, after or around a `seq`, of these at most one; without any, the newest.

    Raises NotFound, and Malformed for several cursors, a negative one, or a limit out of range.
    """
    _check(limit, before, after, around)
    mine = _place(person, thread_id)
    rows = Message.objects.visible(person.pk, thread_id, mine.floor, mine.since)
    rows = rows.filter(seq__lte=mine.version)
    cut = _cut(rows, before, after, around, limit)
    return MessagePage(
        messages=[message_shape(row) for row in cut.messages],
        version=mine.version,
        cleared=mine.floor,
        is_oldest=cut.is_oldest,
        is_newest=cut.is_newest,
    )


def changes(person: AbstractBaseUser, thread_id: int, since: int) -> Changes:
    """What is new or changed since the version that a client holds, at most CHANGES_LIMIT.

    A client that is ahead of the thread has outlived a restored backup: nothing that it holds can
    be relied on, so that is not `complete` either. Raises NotFound, and Malformed below zero.
    """
    if since < 0:
        raise Malformed("A version is not negative.")
    mine = _place(person, thread_id)
    rows = Message.objects.visible(person.pk, thread_id, mine.floor, mine.since)
    rows = rows.filter(version__gt=since, version__lte=mine.version)
    found = list(rows.order_by("version")[: CHANGES_LIMIT + 1])
    return Changes(
        messages=[message_shape(row) for row in found[:CHANGES_LIMIT]],
        version=mine.version,
        cleared=mine.floor,
        complete=since <= mine.version and len(found) <= CHANGES_LIMIT,
    )


def _check(limit: int, *cursors: int | None) -> None:
    given = [cursor for cursor in cursors if cursor is not None]
    if not 1 <= limit <= PAGE_LIMIT:
        raise Malformed(f"The limit is not between 1 and {PAGE_LIMIT}.")
    if len(given) > 1:
        raise Malformed("Only one of before, after and around.")
    if any(not 0 <= cursor <= protocol.BIGGEST_NUMBER for cursor in given):
        raise Malformed("The cursor is out of range.")


def _place(person: AbstractBaseUser, thread_id: int) -> Place:
    found = place(person.pk, thread_id)
    if found is None:
        raise NotFound
    return found


def _cut(
    rows: MessageQuerySet, before: int | None, after: int | None, around: int | None, limit: int
) -> Cut:
    if around is not None:
        return _around(rows, around, limit)
    if after is not None:
        later, earlier = rows.filter(seq__gt=after), rows.filter(seq__lte=after)
        found, is_newest, is_oldest = _beside(later.in_order(), earlier, limit)
        return Cut(found, is_oldest, is_newest)
    earlier, later = rows, rows.none()
    if before is not None:
        earlier, later = rows.filter(seq__lt=before), rows.filter(seq__gte=before)
    found, is_oldest, is_newest = _beside(earlier.newest_first(), later, limit)
    return Cut(found[::-1], is_oldest, is_newest)


def _beside(
    rows: MessageQuerySet, behind: MessageQuerySet, limit: int
) -> tuple[list[Message], bool, bool]:
    """The next ones; whether they are the last that way, and whether nothing is behind them.

    One query tells all of it, unless there are none.
    """
    found = list(rows.annotate(is_behind=Exists(behind))[: limit + 1])
    is_behind = found[0].is_behind if found else behind.exists()  # type: ignore[attr-defined]  # annotated
    return found[:limit], len(found) <= limit, not is_behind


def _around(rows: MessageQuerySet, seq: int, limit: int) -> Cut:
    later = list(rows.filter(seq__gt=seq).in_order()[: limit // 2 + 1])
    is_newest = len(later) <= limit // 2
    later = later[: limit // 2]
    count = limit - len(later)
    earlier = list(rows.filter(seq__lte=seq).newest_first()[: count + 1])
    return Cut(earlier[:count][::-1] + later, len(earlier) <= count, is_newest)
