"""A person's threads as cards, the most recent first, in a fixed number of queries."""

from __future__ import annotations

import re
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import IntegerField, OuterRef, Prefetch, Q, Subquery
from django.utils.translation import gettext as _

from .. import protocol
from ..errors import Malformed, NotFound
from ..models import Member, Message
from ..querysets import MemberQuerySet
from ..times import EPOCH
from .pages import PAGE_LIMIT, PAGE_SIZE
from .shapes import message_shape, sender_shape

UNREAD_LIMIT = 100  # messages; a badge says "99+", so nobody waits for a longer count

_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})", re.ASCII)  # microseconds since 1970, thread id


class ThreadCard(protocol.Shape):
    """One thread as one person sees it. `total` = `sent` by this person + `received`."""

    id: int
    kind: str
    title: str
    people: list[protocol.Sender]
    version: int
    read: int
    unread: int
    last_message: protocol.Message | None
    total: int
    sent: int
    received: int
    may_post: bool


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
    rows = _cards(person).order_by("-thread__last_message_at", "-thread_id")
    page = list(rows.filter(_older_than(before) if before else Q())[: limit + 1])
    following = _cursor(page[limit - 1]) if len(page) > limit else None
    return InboxPage(threads=[_card(member) for member in page[:limit]], next=following)


def thread(person: AbstractBaseUser, thread_id: int) -> ThreadCard:
    """Raises NotFound."""
    member = _cards(person).in_thread(thread_id).first()
    if member is None:
        raise NotFound
    return _card(member)


def _cards(person: AbstractBaseUser) -> MemberQuerySet:
    everybody = Member.objects.select_related("user").order_by("id")
    return (
        Member.objects.of(person.pk)
        .annotate(unread=_unread(), may_post=Member.objects.may_post())
        .select_related("thread__last_message__sender")
        .prefetch_related(Prefetch("thread__members", everybody))
    )


def _unread() -> BoundedCount:
    """Texts after the read mark that others sent; a person who was deleted is another one."""
    messages = Message.objects.filter(thread=OuterRef("thread"), seq__gt=OuterRef("read_seq"))
    messages = messages.exclude(sender=OuterRef("user"))
    return BoundedCount(messages.values("id")[:UNREAD_LIMIT])


class BoundedCount(Subquery):
    """How many rows a sliced subquery has: the database stops counting where the slice ends."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _card(member: Member) -> ThreadCard:
    thread, last = member.thread, member.thread.last_message
    return ThreadCard(
        id=thread.id,
        kind=thread.kind,
        title=_title(member),
        people=[sender_shape(other.user) for other in thread.members.all()],
        version=thread.version,
        read=member.read_seq,
        unread=member.unread,  # type: ignore[attr-defined]  # annotated above
        last_message=message_shape(last) if last else None,
        total=thread.text_count,
        sent=member.sent_count,
        received=thread.text_count - member.sent_count,
        may_post=member.may_post,  # type: ignore[attr-defined]  # likewise
    )


def _title(member: Member) -> str:
    """A direct thread is called by the other person."""
    others = [other.user for other in member.thread.members.all() if other.pk != member.pk]
    return ", ".join(sender_shape(other).name for other in others) or _("A deleted person")


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
