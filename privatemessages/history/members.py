"""Who belongs to a thread, who is kept out of it, and who asks to be let in."""

from __future__ import annotations

import re
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone

from .. import people, protocol, roles
from ..errors import Forbidden, Malformed, NotFound, NotMember
from ..models import Ban, EntryRequest, Member, Thread
from ..querysets import MemberQuerySet
from ..roles import Act, Role
from ..times import EPOCH, milliseconds
from .directory import anybody_named, called
from .pages import PAGE_LIMIT, PAGE_SIZE
from .places import place
from .shapes import sender_shape

LISTED = 200  # bans or requests; the latest
SEARCHED = 5_000  # members whose shown names are compared, where nobody has that user name

_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"([0-2])-([0-9]{1,17})-([0-9]{1,18})", re.ASCII)  # order, microseconds, id


class MemberCard(protocol.Shape):
    """Times are milliseconds since 1970 UTC; `muted_until` is None for who is not muted now."""

    person: protocol.Sender
    role: str
    joined_at: int
    muted_until: int | None


class MemberPage(protocol.Shape):
    """Owners, moderators, members, each by how long they belong. `next` is the next `after`."""

    members: list[MemberCard]
    next: str | None


class BanCard(protocol.Shape):
    """`until` is None for ever."""

    person: protocol.Sender
    until: int | None
    reason: str
    made_at: int


class RequestCard(protocol.Shape):
    person: protocol.Sender
    asked_at: int


def members(
    person: AbstractBaseUser,
    thread_id: int,
    *,
    query: str = "",
    after: str | None = None,
    limit: int = PAGE_SIZE,
) -> MemberPage:
    """Raises NotFound, and Malformed for a limit, a cursor or a query that is none."""
    if not 1 <= limit <= PAGE_LIMIT:
        raise Malformed(f"The limit is not between 1 and {PAGE_LIMIT}.")
    _check_belongs(person, thread_id)
    rows = _in_order(Member.objects.present().in_thread(thread_id))
    rows = rows.filter(user__in=called(query)) if query else rows
    rows = rows.filter(_behind(after)) if after else rows
    page = list(rows[: limit + 1])
    following = _cursor(page[limit - 1]) if len(page) > limit else None
    return MemberPage(members=[_card(member) for member in page[:limit]], next=following)


def member_named(person: AbstractBaseUser, thread_id: int, name: str) -> AbstractBaseUser:
    """A member by user name, or by the shown name where only one can be meant.

    An `@` may stand before it. Raises NotFound and NotMember.
    """
    _check_belongs(person, thread_id)
    name = name.removeprefix("@")
    here = Member.objects.present().in_thread(thread_id)
    found = anybody_named(name)
    if found is not None and here.filter(user_id=found.pk).exists():
        return found
    return _shown_as(name, here)


def bans(person: AbstractBaseUser, thread_id: int) -> list[BanCard]:
    """Those in force, the latest first. Raises NotFound, and Forbidden for who may not unban."""
    _check_may(person, thread_id, Act.UNBAN)
    found = Ban.objects.in_force(timezone.now()).filter(thread_id=thread_id)
    return [_ban(row) for row in found.select_related("user").order_by("-made_at", "-pk")[:LISTED]]


def entry_requests(person: AbstractBaseUser, thread_id: int) -> list[RequestCard]:
    """The oldest first. Raises NotFound, and Forbidden for who may let nobody in."""
    _check_may(person, thread_id, Act.ADD)
    found = EntryRequest.objects.filter(people.active("user"), thread_id=thread_id)
    rows = found.select_related("user").order_by("asked_at", "pk")[:LISTED]
    return [
        RequestCard(person=sender_shape(row.user), asked_at=milliseconds(row.asked_at))
        for row in rows
    ]


def _check_belongs(person: AbstractBaseUser, thread_id: int) -> None:
    if place(person.pk, thread_id) is None:
        raise NotFound


def _check_may(person: AbstractBaseUser, thread_id: int, act: Act) -> None:
    """As `actions` has it for the act, but looking only."""
    thread = Thread.objects.existing(thread_id)
    if thread is None:
        raise NotFound
    mine = Member.objects.of(person.pk).filter(thread=thread).first()
    administers = thread.kind != Thread.Kind.DIRECT and people.administers(person)
    if mine is None and not administers:
        raise NotFound
    role = Role(mine.role) if mine else None
    if not roles.allows(role, act, thread.kind, administers=administers):
        raise Forbidden


def _in_order(rows: MemberQuerySet) -> MemberQuerySet:
    rank = Case(
        When(role=Role.OWNER, then=Value(0)),
        When(role=Role.MODERATOR, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(order=rank).select_related("user").order_by("order", "joined_at", "pk")


def _cursor(member: Member) -> str:
    moment = (member.joined_at - EPOCH) // _MICROSECOND
    return f"{member.order}-{moment}-{member.pk}"  # type: ignore[attr-defined]  # annotated above


def _behind(cursor: str) -> Q:
    parts = _CURSOR.fullmatch(cursor)
    if parts is None:
        raise Malformed("The cursor is none of ours.")
    order, moment, pk = int(parts[1]), EPOCH + int(parts[2]) * _MICROSECOND, int(parts[3])
    later = Q(joined_at__gt=moment) | Q(joined_at=moment, pk__gt=pk)
    return Q(order__gt=order) | (Q(order=order) & later)


def _card(member: Member) -> MemberCard:
    is_muted = member.is_muted_at(timezone.now()) and member.muted_until is not None
    return MemberCard(
        person=sender_shape(member.user),
        role=member.role,
        joined_at=milliseconds(member.joined_at),
        muted_until=milliseconds(member.muted_until) if is_muted and member.muted_until else None,
    )


def _shown_as(name: str, here: MemberQuerySet) -> AbstractBaseUser:
    folded = name.casefold()
    candidates = [row.user for row in here.select_related("user")[:SEARCHED]]
    found = [user for user in candidates if people.name_of(user).casefold() == folded]
    if len(found) != 1:
        raise NotMember
    return found[0]


def _ban(ban: Ban) -> BanCard:
    return BanCard(
        person=sender_shape(ban.user),
        until=None if ban.until is None else milliseconds(ban.until),
        reason=ban.reason,
        made_at=milliseconds(ban.made_at),
    )
