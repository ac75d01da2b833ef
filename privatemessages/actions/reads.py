"""How far people have read."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import history, protocol
from ..errors import NotFound
from ..models import Member
from .telling import tell, to_thread


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
        frame = protocol.ReadFrame(thread=thread_id, user=str(person.pk), seq=mark)
        tell([to_thread(thread_id, frame)])
    return max(mark, place.read)
