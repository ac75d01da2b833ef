"""How far people have read."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import history
from ..errors import NotFound
from ..models import Member
from ..standing import shows_reads
from .telling import read_mark, tell


def mark_read(person: AbstractBaseUser, thread_id: int, seq: int) -> int:
    """The mark as it is now: never beyond the thread's version, and never moved backwards.

    Raises NotFound.
    """
    place = history.place(person.pk, thread_id)
    if place is None:
        raise NotFound
    mark = min(seq, place.version)
    behind = Member.objects.of(person.pk).in_thread(thread_id).filter(read_seq__lt=mark)
    # One row and no other lock, so this can stand in nobody's way for long.
    if behind.update(read_seq=mark):
        is_shown = shows_reads(place.standing.kind, place.member_count)
        tell([read_mark(thread_id, person.pk, mark, is_shown=is_shown)])
    return max(mark, place.read)
