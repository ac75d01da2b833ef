"""Everything of one person, for them to have: plain values, read as one goes on.

What others wrote is not theirs, but for titles and the reasons for what was done to them. Other
people are named by their ids alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet

from .. import people
from ..models import Ban, EntryRequest, Member, Message, Record, Thread
from ..times import moment
from ..wiring import broker
from .preferences import preferences
from .sessions import sessions

ROWS_AT_ONCE = 2_000
# Those of Django's own user model, and what others call the same.
ACCOUNT_FIELDS = (
    *("first_name", "last_name", "full_name", "name", "date_joined", "last_login"),
    *("is_active", "is_staff", "is_superuser"),
)

Values = dict[str, Any]


class Traces(NamedTuple):
    places: int
    messages: int
    sessions: int


def traces(person: AbstractBaseUser) -> Traces:
    """How much there is of somebody."""
    return Traces(
        Member.objects.filter(user_id=person.pk).count(),
        Message.objects.filter(sender=person.pk, event="").count(),
        sum(1 for _ in sessions(person)),
    )


def account(person: AbstractBaseUser) -> Values:
    """What the messenger knows of it; never the password."""
    columns = {field.name for field in person._meta.concrete_fields}
    email = person.get_email_field_name()
    found: Values = {"id": str(person.pk), "shown_as": people.name_of(person)}
    found["user_name"] = person.get_username()
    found["email"] = getattr(person, email) if email in columns else None
    return found | {name: getattr(person, name) for name in ACCOUNT_FIELDS if name in columns}


def chosen(person: AbstractBaseUser) -> Values:
    return dict(preferences(person.pk))


def stays(person: AbstractBaseUser) -> Iterator[Values]:
    """Their places in conversations, those that ended too."""
    rows = Member.objects.filter(user_id=person.pk).select_related("thread")
    for member in rows.prefetch_related("stays").order_by("thread_id").iterator(ROWS_AT_ONCE):
        yield {
            "conversation": _conversation(member.thread),
            "with": _partners(member),
            "role": member.role,
            "joined_at": member.joined_at,
            "left_at": member.left_at,
            "earlier": [
                {"joined_at": stay.joined_at, "left_at": stay.left_at}
                for stay in sorted(member.stays.all(), key=lambda it: (it.joined_at, it.pk))
            ],
            "muted_at": member.muted_at,
            "muted_until": member.muted_until,
            "read_up_to": member.read_seq,
            "messages_sent": member.sent_count,
            "marked_unread_at": member.marked_unread_at,
            "is_silent": member.is_silent,
        }


def _conversation(thread: Thread) -> Values:
    return {
        "id": thread.pk,
        "kind": thread.kind,
        "title": thread.title or None,
        "address": thread.slug,
        "deleted_at": thread.deleted_at,
    }


def _partners(member: Member) -> list[str]:
    """The other one of a direct conversation."""
    if member.thread.kind != Thread.Kind.DIRECT:
        return []
    others = Member.objects.filter(thread=member.thread_id).exclude(pk=member.pk)
    return [str(pk) for pk in others.order_by("pk").values_list("user_id", flat=True)]


def written(person: AbstractBaseUser) -> Iterator[Values]:
    """All that they wrote, also what was cleared and is kept."""
    texts = Message.objects.filter(sender=person.pk, event="")
    for row in _streamed(texts.select_related("thread")):
        yield {
            **_place(row),
            "kind": row.kind,
            "text": row.text,
            "answers": row.reply_to,
            "is_cleared": row.seq <= row.thread.cleared_seq,
        }


def happenings(person: AbstractBaseUser) -> Iterator[Values]:
    """The events of conversations that they caused, or that are about them."""
    events = Message.objects.exclude(event="").filter(Q(sender=person.pk) | Q(about=person.pk))
    for row in _streamed(events):
        yield {
            **_place(row),
            "event": row.event,
            "value": row.text or None,
            "by": _named(row.sender_id),
            "about": _named(row.about_id),
        }


def _streamed(rows: QuerySet[Message]) -> Iterator[Message]:
    return rows.order_by("thread_id", "seq").iterator(ROWS_AT_ONCE)


def _place(row: Message) -> Values:
    sent = {"conversation": row.thread_id, "number": row.seq, "version": row.version}
    return sent | {"id": str(row.uuid), "sent_at": row.sent_at}


def administration(person: AbstractBaseUser) -> Iterator[Values]:
    """Where they acted, or were acted upon."""
    concerned = Q(actor=person.pk) | Q(person=person.pk)
    for row in Record.objects.filter(concerned).order_by("pk").iterator(ROWS_AT_ONCE):
        yield {
            "made_at": row.made_at,
            "act": row.act,
            "by": _named(row.actor_id),
            "to": _named(row.person_id),
            "conversation": row.thread_id,
            "title": row.thread_title or None,
            "what": row.detail or None,
            "why": row.reason or None,
            "until": row.until,
        }


def bans_of(person: AbstractBaseUser) -> Iterator[Values]:
    for row in Ban.objects.filter(user_id=person.pk).order_by("thread_id"):
        yield {
            "conversation": row.thread_id,
            "made_at": row.made_at,
            "until": row.until,
            "why": row.reason or None,
        }


def requests_of(person: AbstractBaseUser) -> Iterator[Values]:
    for row in EntryRequest.objects.filter(user_id=person.pk).order_by("thread_id"):
        yield {"conversation": row.thread_id, "asked_at": row.asked_at}


def kept_sessions(person: AbstractBaseUser) -> Iterator[Values]:
    """Without their keys, with which anybody could use them."""
    for kept in sessions(person):
        yield {"expires_at": kept.expires_at}


def _named(user_id: Any) -> str | None:
    return None if user_id is None else str(user_id)


def whereabouts(person: AbstractBaseUser) -> Values:
    """As the workers told it to Redis; raises Unavailable."""
    user_id = str(person.pk)
    found = broker().whereabouts([user_id])[user_id]
    seen_at = None if found.seen_at is None else moment(found.seen_at)
    return {"is_here": found.here, "last_seen_at": seen_at}
