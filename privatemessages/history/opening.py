"""What a page shows first of a thread: where the person left off, or the place they ask for."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import protocol
from ..models import Member
from ..querysets import MessageQuerySet
from ..standing import shows_reads
from . import cuts
from .cards import ThreadCard, cards_of, row
from .cuts import Cut
from .pages import PAGE_SIZE, MessagePage, check, page_of, visible
from .places import place_of
from .shapes import sender_shape


class ReadBy(protocol.Shape):
    """How far somebody else has read."""

    user: protocol.Sender
    seq: int


class Opening(MessagePage):
    """A page of the thread, all of it as of one version.

    `first_unread` is the first message of others that this person has not read, whether or not it
    is on the page. `reads` is empty where others are not told of it.
    """

    thread: ThreadCard
    first_unread: int | None
    reads: list[ReadBy]


def opening(person: AbstractBaseUser, thread_id: int, *, at: int | None = None) -> Opening:
    """At the first unread message, else at the newest; or around a `seq`, there or not.

    Raises NotFound, and Malformed for a `seq` out of range.
    """
    check(PAGE_SIZE, at)
    member = row(person, thread_id)
    (card,) = cards_of(person, [member])
    mine = place_of(member, may_post=member.may_post)  # type: ignore[attr-defined]  # annotated
    rows = visible(person, thread_id, mine)
    first_unread = _first_unread(rows, member) if card.unread else None
    cut = _at_unread(rows, first_unread) if at is None else cuts.around(rows, at, PAGE_SIZE)
    page = page_of(mine, cut)
    reads = _reads(member)
    return Opening(**dict(page), thread=card, first_unread=first_unread, reads=reads)


def _first_unread(rows: MessageQuerySet, member: Member) -> int | None:
    """Of those that the card counts."""
    begins_at = member.begins_at  # type: ignore[attr-defined]  # annotated
    unread = rows.filter(event="", seq__gt=member.read_seq, sent_at__gte=begins_at)
    others = unread.exclude(sender=member.user_id).in_order()
    return others.values_list("seq", flat=True).first()


def _at_unread(rows: MessageQuerySet, first_unread: int | None) -> Cut:
    """The newest page, where what is unread fits into it."""
    newest = cuts.newest(rows, PAGE_SIZE)
    if first_unread is None or newest.is_oldest or newest.messages[0].seq <= first_unread:
        return newest
    return cuts.around(rows, first_unread, PAGE_SIZE)


def _reads(member: Member) -> list[ReadBy]:
    if not shows_reads(member.thread.kind, member.thread.member_count):
        return []
    here = Member.objects.present().filter(thread=member.thread_id).exclude(pk=member.pk)
    others = here.select_related("user").order_by("pk")
    return [ReadBy(user=sender_shape(other.user), seq=other.read_seq) for other in others]
