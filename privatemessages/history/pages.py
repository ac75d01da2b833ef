"""A thread's history, cut by `seq` and never by time or OFFSET, and what changed in it.

The version is read first, and what is read after it is cut there. So a page and the events that
are told from its version on leave no gap, although the two are read in separate statements.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import protocol
from ..errors import Malformed, NotFound
from ..models import Message
from ..querysets import MessageQuerySet
from ..standing import Place
from . import cuts
from .cuts import Cut
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
    check(limit, before, after, around)
    mine = _place(person, thread_id)
    rows = visible(person, thread_id, mine)
    if around is not None:
        return page_of(mine, cuts.around(rows, around, limit))
    if after is not None:
        return page_of(mine, cuts.after(rows, after, limit))
    if before is not None:
        return page_of(mine, cuts.before(rows, before, limit))
    return page_of(mine, cuts.newest(rows, limit))


def check(limit: int, *cursors: int | None) -> None:
    """Raises Malformed."""
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


def visible(person: AbstractBaseUser, thread_id: int, mine: Place) -> MessageQuerySet:
    """What the thread held for this person when their place was read."""
    rows = Message.objects.visible(person.pk, thread_id, mine.floor, mine.since)
    return rows.filter(seq__lte=mine.version)


def page_of(mine: Place, cut: Cut) -> MessagePage:
    return MessagePage(
        messages=[message_shape(row) for row in cut.messages],
        version=mine.version,
        cleared=mine.floor,
        is_oldest=cut.is_oldest,
        is_newest=cut.is_newest,
    )


def changes(person: AbstractBaseUser, thread_id: int, since: int) -> Changes:
    """What is new or changed since the version that a client holds, at most CHANGES_LIMIT.

    Only where each version since then has its message, it is `complete`: in between there may have
    been a restored backup, and then nothing that a client holds can be relied on. Raises NotFound,
    and Malformed below zero.
    """
    if since < 0:
        raise Malformed("A version is not negative.")
    mine = _place(person, thread_id)
    rows = visible(person, thread_id, mine).filter(version__gt=since, version__lte=mine.version)
    found = list(rows.order_by("version")[:CHANGES_LIMIT])
    return Changes(
        messages=[message_shape(row) for row in found],
        version=mine.version,
        cleared=mine.floor,
        complete=since <= mine.version and len(found) == mine.version - max(since, mine.floor),
    )
