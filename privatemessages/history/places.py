"""Where a person belongs, how far each thread is, and whether they may write there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists

from ..models import Member
from ..querysets import MemberQuerySet


@dataclass(frozen=True, slots=True)
class Place:
    version: int
    read: int
    may_post: bool


def heads(user_id: Any) -> dict[int, Place]:
    """The person's threads by id: one query, however many there are."""
    return {thread_id: Place(*rest) for thread_id, *rest in _rows(Member.objects.of(user_id))}


def place(user_id: Any, thread_id: int) -> Place | None:
    """The person's place in one thread; None where there is no such thread, or it is not theirs."""
    rows = _rows(Member.objects.of(user_id).in_thread(thread_id))
    return next((Place(*rest) for _, *rest in rows), None)


def _rows(members: MemberQuerySet) -> Any:
    return members.values_list("thread_id", "thread__version", "read_seq", _may_post())


@cache
def _may_post() -> Exists:
    """Built once: that costs a fifth of the whole query, twice for each socket that opens."""
    return Member.objects.may_post()
