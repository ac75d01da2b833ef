"""What somebody chose for a thread of theirs: to be reminded of it, or to hear no bell for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from .. import protocol
from ..errors import NotFound
from ..models import Member
from .telling import Telling, tell, to_person


def mark_unread(person: AbstractBaseUser, thread_id: int) -> None:
    """Until they read there again. Raises NotFound."""
    _choose(person, thread_id, marked_unread_at=timezone.now())


def silence(person: AbstractBaseUser, thread_id: int) -> None:
    """Raises NotFound."""
    _choose(person, thread_id, is_silent=True)


def unsilence(person: AbstractBaseUser, thread_id: int) -> None:
    """Raises NotFound."""
    _choose(person, thread_id, is_silent=False)


def _choose(person: AbstractBaseUser, thread_id: int, **chosen: Any) -> None:
    """Their row and no other lock, so this can stand in nobody's way for long."""
    with transaction.atomic():
        mine = Member.objects.of(person.pk).in_thread(thread_id)
        member = mine.select_for_update(no_key=True).first()
        if member is None:
            raise NotFound
        before = _frame(member)
        for field, value in chosen.items():
            setattr(member, field, value)
        member.save(update_fields=list(chosen))
        if _frame(member) != before:
            tell([chosen_by(member)])


def answers(member: Member, seq: int, read_at: datetime) -> bool:
    """Whether reading up to `seq` then, is what the person was to be reminded of.

    What was read before they asked for it may come later: workers gather marks for a while.
    """
    marked_at = member.marked_unread_at
    return marked_at is not None and seq >= member.read_seq and read_at >= marked_at


def chosen_by(member: Member) -> Telling:
    return to_person(str(member.user_id), _frame(member))


def _frame(member: Member) -> protocol.PlaceFrame:
    return protocol.PlaceFrame(
        thread=member.thread_id,
        marked_unread=member.marked_unread_at is not None,
        silent=member.is_silent,
    )
