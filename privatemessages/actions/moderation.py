"""Keeping order: who stays out, and who only reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from ..errors import BadDuration, NotBanned, NotMember
from ..models import FOREVER, REASON_LIMIT, Ban, EntryRequest, Message, Thread
from ..roles import Act
from . import chronicle, places
from .authority import Authority, authorise, present
from .telling import Telling, tell

LONGEST = timedelta(days=3653)  # ten years


def ban(
    person: AbstractBaseUser,
    thread_id: int,
    other: AbstractBaseUser,
    *,
    lasting: timedelta | None = None,
    reason: str = "",
) -> None:
    """Keeps somebody out, and removes them where they are in; for ever without `lasting`.

    Who is banned already is banned anew. Raises NotFound, Forbidden, OnSelf, Outranked and
    BadDuration.
    """
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.BAN)
        authority.check_other(other)
        until = _end(lasting)
        told = _expel(authority, other)
        _keep_out(authority.thread, other, until, reason)
        chronicle.record(authority, Act.BAN, other, reason=reason, until=until)
        tell(told)


def unban(person: AbstractBaseUser, thread_id: int, other: AbstractBaseUser) -> None:
    """Raises NotFound, Forbidden and NotBanned."""
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.UNBAN)
        bans = Ban.objects.filter(thread=authority.thread, user_id=other.pk)
        was_banned = bans.in_force(timezone.now()).exists()
        bans.delete()
        if not was_banned:
            raise NotBanned
        chronicle.record(authority, Act.UNBAN, other)


def mute(
    person: AbstractBaseUser,
    thread_id: int,
    other: AbstractBaseUser,
    *,
    lasting: timedelta | None = None,
    reason: str = "",
) -> None:
    """They may read and not write; for ever without `lasting`.

    Raises NotFound, Forbidden, OnSelf, NotMember, Outranked and BadDuration.
    """
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.MUTE)
        member = authority.over_member(other)
        until, now = _end(lasting), timezone.now()
        if not member.is_muted_at(now):
            member.muted_at = now
        member.muted_until = until or FOREVER
        member.save(update_fields=["muted_at", "muted_until"])
        chronicle.record(authority, Act.MUTE, other, reason=reason, until=until)
        tell([places.rights_changed(member)])


def unmute(person: AbstractBaseUser, thread_id: int, other: AbstractBaseUser) -> None:
    """Raises NotFound, Forbidden, OnSelf and NotMember."""
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.UNMUTE)
        authority.check_other(other)
        member = present(authority.thread, other)
        if member is None:
            raise NotMember
        now = timezone.now()
        if member.is_muted_at(now):
            # Not taken away: what was spoken meanwhile stays refused.
            member.muted_until = now
            member.save(update_fields=["muted_until"])
            chronicle.record(authority, Act.UNMUTE, other)
            tell([places.rights_changed(member)])


def _end(lasting: timedelta | None) -> datetime | None:
    if lasting is None:
        return None
    if not timedelta(0) < lasting <= LONGEST:
        raise BadDuration
    return timezone.now() + lasting


def _expel(authority: Authority, other: AbstractBaseUser) -> list[Telling]:
    member = present(authority.thread, other)
    if member is None:
        return []
    authority.check_outranks(member)
    return places.depart(authority.thread, member, authority.person, Message.Event.BANNED, other)


def _keep_out(thread: Thread, other: AbstractBaseUser, until: datetime | None, reason: str) -> None:
    fresh = {"made_at": timezone.now(), "until": until, "reason": reason[:REASON_LIMIT]}
    Ban.objects.update_or_create(fresh, thread=thread, user_id=other.pk)
    EntryRequest.objects.filter(thread=thread, user_id=other.pk).delete()
