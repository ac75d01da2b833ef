"""The directory of rooms, a room's door, and who is there now."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .. import names, people, protocol
from ..errors import BadName, Malformed, NameTooLong, NotFound, Unavailable
from ..models import Ban, EntryRequest, Member, Preferences, Thread
from ..times import milliseconds
from ..wiring import broker
from .pages import PAGE_LIMIT, PAGE_SIZE
from .places import place
from .preferences import preferences
from .shapes import sender_shape

NAMED = 100  # people who are there now and are told by name

_HIDES = Exists(Preferences.objects.filter(user=OuterRef("user"), shows_presence=False))
_CURSOR = re.compile(r"([0-9]{1,9})-([0-9]{1,18})", re.ASCII)  # members, thread id


class RoomCard(protocol.Shape):
    """`present` is how many of its members are there now and show it.

    It is None while nobody can tell, and for who hides that they are here.
    """

    id: int
    slug: str
    title: str
    topic: str
    is_public: bool
    member_count: int
    present: int | None
    is_member: bool


class RoomPage(protocol.Shape):
    """The largest first. `next` is the `before` of the next page; None on the last one."""

    rooms: list[RoomCard]
    next: str | None


class RoomDoor(protocol.Shape):
    """A room as it is seen from outside: of a private one, the name alone.

    `banned_until` is milliseconds since 1970 UTC, None for ever.
    """

    id: int
    slug: str
    title: str
    topic: str
    is_public: bool
    member_count: int | None
    is_member: bool
    may_enter: bool
    is_banned: bool
    banned_until: int | None
    has_asked: bool


class Present(protocol.Shape):
    """`people` are at most NAMED of them. `count` is None for who hides that they are here."""

    count: int | None
    people: list[protocol.Sender]


def rooms(
    person: AbstractBaseUser, *, query: str = "", before: str | None = None, limit: int = PAGE_SIZE
) -> RoomPage:
    """Public ones, and those of this person. Raises Malformed for a limit or cursor that is none.

    A query is sought in names, however they are written, and in topics.
    """
    if not 1 <= limit <= PAGE_LIMIT:
        raise Malformed(f"The limit is not between 1 and {PAGE_LIMIT}.")
    mine = Member.objects.of(person.pk).filter(thread=OuterRef("pk"))
    rows = Thread.objects.rooms().annotate(is_mine=Exists(mine))
    rows = rows.filter(Q(is_public=True) | Q(is_mine=True)).filter(_sought(query), _below(before))
    page = list(rows.order_by("-member_count", "-pk")[: limit + 1])
    following = _cursor(page[limit - 1]) if len(page) > limit else None
    return RoomPage(rooms=_cards(person, page[:limit]), next=following)


def room(person: AbstractBaseUser, slug: str) -> RoomDoor:
    """By its address, or its name however it is written. Raises NotFound."""
    found = Thread.objects.rooms().filter(slug=_slug(slug)).first()
    if found is None:
        raise NotFound
    is_member = Member.objects.of(person.pk).filter(thread=found).exists()
    may_enter = is_member or found.is_public or people.administers(person)
    ban = Ban.objects.in_force(timezone.now()).filter(thread=found, user_id=person.pk).first()
    return RoomDoor(
        id=found.pk,
        slug=_slug(slug),
        title=found.title,
        topic=found.topic if may_enter else "",
        is_public=found.is_public,
        member_count=found.member_count if may_enter else None,
        is_member=is_member,
        may_enter=may_enter and ban is None,
        is_banned=ban is not None,
        banned_until=milliseconds(ban.until) if ban and ban.until else None,
        has_asked=EntryRequest.objects.filter(thread=found, user_id=person.pk).exists(),
    )


def present(person: AbstractBaseUser, thread_id: int) -> Present:
    """Who of the members is there now. Raises NotFound, and Unavailable where Redis is away."""
    if place(person.pk, thread_id) is None:
        raise NotFound
    if not preferences(person.pk).shows_presence:
        return Present(count=None, people=[])
    keys = people.primary_keys(broker().present([thread_id]).get(thread_id, ()))
    # A worker may still tell of somebody who has just left.
    here = Member.objects.present().in_thread(thread_id).filter(~_HIDES, user_id__in=keys)
    named = [sender_shape(member.user) for member in here.select_related("user")[:NAMED]]
    return Present(count=here.count() if len(named) == NAMED else len(named), people=named)


def _slug(name: str) -> str:
    try:
        return names.slug_of(name)
    except (BadName, NameTooLong):
        raise NotFound from None


def _sought(query: str) -> Q:
    """Nothing is found by what has neither letters nor digits."""
    query = query.strip()
    if not query:
        return Q()
    try:
        return Q(slug__contains=names.slug_of(query)) | Q(topic__icontains=names.clean_topic(query))
    except (BadName, NameTooLong):
        return Q(pk__in=())


def _cursor(found: Thread) -> str:
    return f"{found.member_count}-{found.pk}"


def _below(cursor: str | None) -> Q:
    if cursor is None:
        return Q()
    parts = _CURSOR.fullmatch(cursor)
    if parts is None:
        raise Malformed("The cursor is none of ours.")
    count, pk = int(parts[1]), int(parts[2])
    return Q(member_count__lt=count) | Q(member_count=count, pk__lt=pk)


def _cards(person: AbstractBaseUser, page: list[Thread]) -> list[RoomCard]:
    try:
        counts = _counts(person, [found.pk for found in page])
    except Unavailable:
        counts = {}  # the directory is as good without it
    return [_card(found, counts.get(found.pk)) for found in page]


def _counts(person: AbstractBaseUser, thread_ids: list[int]) -> dict[int, int]:
    """How many are in each, as far as they show it; nothing for who hides it."""
    here = broker().present(thread_ids)
    they = people.primary_keys(set().union(*here.values()))
    hiding = Preferences.objects.filter(user__in=[person.pk, *they], shows_presence=False)
    hidden = {str(pk) for pk in hiding.values_list("pk", flat=True)}
    if str(person.pk) in hidden:
        return {}
    return {thread_id: len(there - hidden) for thread_id, there in here.items()}


def _card(found: Any, present_count: int | None) -> RoomCard:
    return RoomCard(
        id=found.pk,
        slug=found.slug,
        title=found.title,
        topic=found.topic,
        is_public=found.is_public,
        member_count=found.member_count,
        present=present_count,
        is_member=found.is_mine,
    )
