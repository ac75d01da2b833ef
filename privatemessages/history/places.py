"""Where a person belongs, how far each thread is, and whether they may write there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db.models import Case

from .. import people
from ..models import JUST_BEFORE, Member
from ..querysets import MemberQuerySet
from ..roles import Role
from ..standing import Place, Standing
from ..times import milliseconds

SHARED_STANDINGS = 1024  # there are few different ones, and a worker holds one for each place


class _Row(NamedTuple):
    key: Any
    version: int
    read: int
    since_seq: int
    joined_at: datetime
    cleared: int
    member_count: int
    kind: str
    role: str
    may_post: bool
    muted_until: datetime | None


def heads(user_id: Any) -> dict[int, Place]:
    """The person's threads by id: one query, however many there are."""
    return _places(Member.objects.of(user_id), "thread_id")


def place(user_id: Any, thread_id: int) -> Place | None:
    """The person's place in one thread; None where there is no such thread, or it is not theirs."""
    return _places(Member.objects.of(user_id).in_thread(thread_id), "thread_id").get(thread_id)


def places(thread_id: int, user_ids: Collection[str]) -> dict[str, Place]:
    """The places of these people, by their ids on the wire; nobody who does not belong."""
    here = Member.objects.present().in_thread(thread_id)
    members = here.filter(user_id__in=people.primary_keys(user_ids))
    return {str(key): found for key, found in _places(members, "user_id").items()}


def standing_of(member: Member, *, may_post: bool) -> Standing:
    """The thread is read already; `may_post` as MemberQuerySet.may_post has it."""
    until = _milliseconds(member.muted_until)
    return _standing(member.thread.kind, Role(member.role), may_post, until)


def place_of(member: Member, *, may_post: bool) -> Place:
    """Likewise."""
    thread = member.thread
    return _place(
        _Row(
            key=thread.pk,
            version=thread.version,
            read=member.read_seq,
            since_seq=member.since_seq,
            joined_at=member.joined_at,
            cleared=thread.cleared_seq,
            member_count=thread.member_count,
            kind=thread.kind,
            role=member.role,
            may_post=may_post,
            muted_until=member.muted_until,
        )
    )


def _places(members: MemberQuerySet, key: str) -> dict[Any, Place]:
    rows = members.values_list(
        key,
        "thread__version",
        "read_seq",
        "since_seq",
        "joined_at",
        "thread__cleared_seq",
        "thread__member_count",
        "thread__kind",
        "role",
        _may_post(),
        "muted_until",
    )
    return {row[0]: _place(_Row(*row)) for row in rows}


def _place(row: _Row) -> Place:
    until = _milliseconds(row.muted_until)
    standing = _standing(row.kind, Role(row.role), bool(row.may_post), until)
    return Place(
        version=row.version,
        read=row.read,
        floor=max(row.since_seq, row.cleared),
        since=row.joined_at - JUST_BEFORE if row.since_seq else None,
        member_count=row.member_count,
        standing=standing,
    )


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


@lru_cache(SHARED_STANDINGS)
def _standing(kind: str, role: Role, may_post: bool, muted_until: int | None) -> Standing:
    return Standing(kind, role, may_post, muted_until)


@cache
def _may_post() -> Case:
    """Built once: that costs a fifth of the whole query, twice for each socket that opens."""
    return Member.objects.may_post()
