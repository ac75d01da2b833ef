"""The counts that pages show, where messages go that they count.

The thread is locked by whoever calls.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.db.models import F

from ..models import Member, Thread

Counted = tuple[int, Any]  # a text's number, and the primary key of who wrote it


def uncount(thread: Thread, gone: Sequence[Counted]) -> None:
    """Texts behind the floor, in the order of their numbers. The thread itself is not saved."""
    if gone:
        thread.text_count -= len(gone)
        _lower("unseen_count", _unseen(thread, [seq for seq, _ in gone]))
        _lower("sent_count", _sent(thread, gone))


def _unseen(thread: Thread, gone: Sequence[int]) -> Counter[int]:
    """By the member's id, how many of them were there before that member came."""
    came_later = Member.objects.filter(thread=thread, since_seq__gte=gone[0], unseen_count__gt=0)
    rows = came_later.values_list("pk", "since_seq")
    return Counter({pk: bisect_right(gone, since_seq) for pk, since_seq in rows})


def _sent(thread: Thread, gone: Sequence[Counted]) -> Counter[int]:
    """By the member's id, how many of them are counted as theirs."""
    numbers = defaultdict(list)
    for seq, sender_id in gone:
        numbers[sender_id].append(seq)
    senders = Member.objects.filter(thread=thread, user_id__in=numbers.keys() - {None})
    rows = senders.values_list("pk", "user_id", "since_seq")
    return Counter(
        {
            pk: len(numbers[user_id]) - bisect_right(numbers[user_id], since_seq)
            for pk, user_id, since_seq in rows
        }
    )


def _lower(column: Literal["unseen_count", "sent_count"], by: Mapping[int, int]) -> None:
    """One update for all members whose count falls by the same number."""
    alike = defaultdict(list)
    for pk, number in by.items():
        alike[number].append(pk)
    for number, pks in alike.items():
        Member.objects.filter(pk__in=pks).update(**{column: F(column) - number})
