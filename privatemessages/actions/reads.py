"""How far people have read."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from ..errors import NotFound
from ..models import Member
from ..standing import shows_reads
from . import reminders
from .telling import read_mark, tell


def mark_read(person: AbstractBaseUser, thread_id: int, seq: int) -> int:
    """The mark as it is now: never beyond the thread's version, and never moved backwards.

    Raises NotFound.
    """
    mine = Member.objects.of(person.pk).in_thread(thread_id).select_related("thread")
    member = mine.first()
    if member is None:
        raise NotFound
    mark = min(seq, member.thread.version)
    _move(member, mark)
    _stop_reminding(member, mark)
    return max(mark, member.read_seq)


def _move(member: Member, mark: int) -> None:
    behind = Member.objects.filter(pk=member.pk, read_seq__lt=mark)
    # One row and no other lock, so this can stand in nobody's way for long.
    if behind.update(read_seq=mark):
        thread = member.thread
        is_shown = shows_reads(thread.kind, thread.member_count)
        tell([read_mark(thread.pk, member.user_id, mark, is_shown=is_shown)])


def _stop_reminding(member: Member, mark: int) -> None:
    if reminders.answers(member, mark, timezone.now()):
        asked = Member.objects.filter(pk=member.pk, marked_unread_at=member.marked_unread_at)
        if asked.update(marked_unread_at=None):
            member.marked_unread_at = None
            tell([reminders.chosen_by(member)])
