"""A person's threads as cards."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Case, F, IntegerField, OuterRef, Prefetch, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import people, protocol
from ..errors import NotFound
from ..models import Member, Message, Thread
from ..querysets import MemberQuerySet, MessageQuerySet
from ..roles import acts_of
from ..times import EPOCH, milliseconds
from .places import standing_of
from .presence import presence_of
from .shapes import message_shape, sender_shape

UNREAD_LIMIT = 100  # messages; a badge says "99+", so nobody waits for a longer count


class ThreadCard(protocol.Shape):
    """One thread as one person sees it. `total` = `sent` by this person + `received`.

    `people` are the two of a direct thread; in a group or room they are asked for in pages. `acts`
    are what this person may do there (`roles`). `active_at`, when somebody wrote last or it was
    made, and `muted_until` are milliseconds since 1970 UTC. `silent` and `marked_unread` are what
    this person chose for it. `presence` is the other one's in a direct thread, None where it is
    hidden or unknown.
    """

    id: int
    kind: str
    title: str
    slug: str | None
    topic: str
    is_public: bool
    shows_past: bool
    closed: bool
    member_count: int
    role: str
    acts: list[str]
    muted_until: int | None
    people: list[protocol.Sender]
    version: int
    read: int
    unread: int
    active_at: int
    last_message: protocol.Message | None
    total: int
    sent: int
    received: int
    may_post: bool
    silent: bool
    marked_unread: bool
    presence: protocol.Presence | None


def thread(person: AbstractBaseUser, thread_id: int) -> ThreadCard:
    """Raises NotFound."""
    return cards_of(person, [row(person, thread_id)])[0]


def row(person: AbstractBaseUser, thread_id: int) -> Member:
    """Raises NotFound."""
    member = rows(person).in_thread(thread_id).first()
    if member is None:
        raise NotFound
    return member


def rows(person: AbstractBaseUser) -> MemberQuerySet:
    """This person's places, with all that a card needs."""
    pairs = Member.objects.filter(thread__kind=Thread.Kind.DIRECT)
    pairs = pairs.select_related("user").order_by("id")
    return (
        Member.objects.of(person.pk)
        .annotate(begins_at=_beginning(), unread=_unread(), may_post=Member.objects.may_post())
        .select_related("thread__last_message__sender", "thread__last_message__about")
        .prefetch_related(Prefetch("thread__members", pairs))
    )


def _unread() -> BoundedCount:
    return BoundedCount(unread_messages().values("id")[:UNREAD_LIMIT])


def unread_messages() -> MessageQuerySet:
    """Of an outer one of `rows`, what others wrote after the read mark.

    A person who was deleted is another one.
    """
    messages = Message.objects.filter(thread=OuterRef("thread"), seq__gt=OuterRef("read_seq"))
    messages = messages.filter(event="", seq__gt=OuterRef("thread__cleared_seq"))
    messages = messages.filter(sent_at__gte=OuterRef("begins_at"))
    return messages.exclude(sender=OuterRef("user"))


def _beginning() -> Case:
    """From when on what is spoken is this person's, who may not see what was before they came."""
    return Case(When(since_seq__gt=0, then=F("joined_at")), default=Value(EPOCH))


class BoundedCount(Subquery):
    """How many rows a sliced subquery has: the database stops counting where the slice ends."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def cards_of(person: AbstractBaseUser, members: Iterable[Member]) -> list[ThreadCard]:
    """Of some of these rows."""
    mine, administers = list(members), people.administers(person)
    others = {member.thread_id: other.user_id for member in mine for other in _others(member)}
    here = presence_of(person, others)
    return [_card(it, here.get(it.thread_id), administers=administers) for it in mine]


def _card(member: Member, presence: protocol.Presence | None, *, administers: bool) -> ThreadCard:
    thread = member.thread
    standing = standing_of(member, may_post=member.may_post)  # type: ignore[attr-defined]  # annotated above
    total = thread.text_count - member.unseen_count
    return ThreadCard(
        id=thread.id,
        kind=thread.kind,
        title=_title(member),
        slug=thread.slug,
        topic=thread.topic,
        is_public=thread.is_public,
        shows_past=thread.shows_past,
        closed=thread.closed_at is not None,
        member_count=thread.member_count,
        role=standing.role.value,
        acts=[act.value for act in acts_of(standing.role, thread.kind, administers=administers)],
        muted_until=standing.muted_until,
        people=[sender_shape(other.user) for other in thread.members.all()],
        version=thread.version,
        read=member.read_seq,
        unread=member.unread,  # type: ignore[attr-defined]  # annotated above
        active_at=milliseconds(thread.last_message_at),
        last_message=_last_message(member),
        total=total,
        sent=member.sent_count,
        received=total - member.sent_count,
        may_post=standing.may_post_at(milliseconds(timezone.now())),
        silent=member.is_silent,
        marked_unread=member.marked_unread_at is not None,
        presence=presence,
    )


def _last_message(member: Member) -> protocol.Message | None:
    last = member.thread.last_message
    return message_shape(last) if last and member.sees(last) else None


def _title(member: Member) -> str:
    """A direct thread is called by the other person."""
    if member.thread.kind != Thread.Kind.DIRECT:
        return member.thread.title
    names = [sender_shape(other.user).name for other in _others(member)]
    return ", ".join(names) or _("A deleted person")


def _others(member: Member) -> list[Member]:
    """With whom they talk in a direct thread; of other threads, nobody was read."""
    return [other for other in member.thread.members.all() if other.pk != member.pk]
