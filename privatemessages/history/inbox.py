"""A person's threads, the most recent first, in a fixed number of queries."""

from __future__ import annotations

import re
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, F, Q

from .. import protocol
from ..errors import Malformed
from ..models import Member, Thread
from ..times import EPOCH
from .cards import ThreadCard, cards_of, rows, unread_messages
from .directory import is_called, storable
from .pages import PAGE_LIMIT, PAGE_SIZE

QUERY_LIMIT = 150  # code points; a user name may have as many
SEARCHED = 5_000  # people, whose shown names are compared

_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})", re.ASCII)  # microseconds since 1970, thread id


class InboxPage(protocol.Shape):
    """`next` is the `before` of the next page; None on the last one."""

    threads: list[ThreadCard]
    next: str | None


def inbox(
    person: AbstractBaseUser,
    *,
    limit: int = PAGE_SIZE,
    before: str | None = None,
    query: str = "",
    unread: bool = False,
) -> InboxPage:
    """All in which there is something to read; or those of a name, or with unread messages.

    A query is sought in titles; of people, a name begins with it. Raises Malformed for a limit out
    of range, a cursor that is none, and a query that nothing can be called.
    """
    if not 1 <= limit <= PAGE_LIMIT:
        raise Malformed(f"The limit is not between 1 and {PAGE_LIMIT}.")
    mine = rows(person).exclude(_never_begun()).filter(_sought(person, query))
    mine = mine.filter(_to_be_read() if unread else Q(), _older_than(before))
    page = list(mine.order_by("-thread__last_message_at", "-thread_id")[: limit + 1])
    following = _cursor(page[limit - 1]) if len(page) > limit else None
    return InboxPage(threads=cards_of(person, page[:limit]), next=following)


def _never_begun() -> Q:
    """Somebody looked at whom they could write to, and did not. What was pruned has been begun."""
    return Q(thread__kind=Thread.Kind.DIRECT, thread__version=0)


def _sought(person: AbstractBaseUser, query: str) -> Q:
    query = query.strip()
    if not query:
        return Q()
    if len(query) > QUERY_LIMIT or not storable(query):
        raise Malformed("Nothing is called like this.")
    return Q(thread__title__icontains=query) | Q(thread__in=_with_somebody(person, query))


def _with_somebody(person: AbstractBaseUser, query: str) -> list[int]:
    """Shown names may be made in any way, so they are compared here."""
    partners = Member.objects.partners_of(person.pk).select_related("user")
    latest = partners.order_by("-thread__last_message_at")[:SEARCHED]
    return [partner.thread_id for partner in latest if is_called(partner.user, query)]


def _to_be_read() -> Q:
    """What is known without looking at messages comes first."""
    is_reminded = Q(marked_unread_at__isnull=False)
    return is_reminded | Q(thread__version__gt=F("read_seq")) & Q(Exists(unread_messages()))


def _cursor(member: Member) -> str:
    moment = (member.thread.last_message_at - EPOCH) // _MICROSECOND
    return f"{moment}-{member.thread_id}"


def _older_than(cursor: str | None) -> Q:
    if cursor is None:
        return Q()
    parts = _CURSOR.fullmatch(cursor)
    if parts is None:
        raise Malformed("The cursor is none of ours.")
    moment, thread_id = EPOCH + int(parts[1]) * _MICROSECOND, int(parts[2])
    earlier = Q(thread__last_message_at__lt=moment)
    return earlier | Q(thread__last_message_at=moment, thread_id__lt=thread_id)
