"""A person's threads, the most recent first, in a fixed number of queries."""

from __future__ import annotations

import re
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from .. import protocol
from ..errors import Malformed
from ..models import Member
from ..times import EPOCH
from .cards import ThreadCard, cards_of, rows
from .pages import PAGE_LIMIT, PAGE_SIZE

_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})", re.ASCII)  # microseconds since 1970, thread id


class InboxPage(protocol.Shape):
    """`next` is the `before` of the next page; None on the last one."""

    threads: list[ThreadCard]
    next: str | None


def inbox(
    person: AbstractBaseUser, *, limit: int = PAGE_SIZE, before: str | None = None
) -> InboxPage:
    """Raises Malformed for a limit out of range or a cursor that is none."""
    if not 1 <= limit <= PAGE_LIMIT:
        raise Malformed(f"The limit is not between 1 and {PAGE_LIMIT}.")
    mine = rows(person).order_by("-thread__last_message_at", "-thread_id")
    page = list(mine.filter(_older_than(before) if before else Q())[: limit + 1])
    following = _cursor(page[limit - 1]) if len(page) > limit else None
    return InboxPage(threads=cards_of(person, page[:limit]), next=following)


def _cursor(member: Member) -> str:
    moment = (member.thread.last_message_at - EPOCH) // _MICROSECOND
    return f"{moment}-{member.thread_id}"


def _older_than(cursor: str) -> Q:
    parts = _CURSOR.fullmatch(cursor)
    if parts is None:
        raise Malformed("The cursor is none of ours.")
    moment, thread_id = EPOCH + int(parts[1]) * _MICROSECOND, int(parts[2])
    earlier = Q(thread__last_message_at__lt=moment)
    return earlier | Q(thread__last_message_at=moment, thread_id__lt=thread_id)
