"""What is older than an operator keeps. For the operator alone: it asks for nobody's place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, OuterRef, Subquery

from ..models import Message, Record, Thread

THREADS_AT_ONCE = 500


class Outdated(NamedTuple):
    messages: int
    threads: int


def outdated(kind: str, before: datetime) -> Outdated:
    """How much of threads of this kind begins before that moment."""
    counts = [
        Message.objects.filter(thread=thread_id, seq__lte=last_before(thread_id, before)).count()
        for thread_id in threads_older_than(kind, before)
    ]
    return Outdated(sum(counts), len(counts))


def threads_older_than(kind: str, before: datetime) -> Iterator[int]:
    """Those whose first message was sent before that moment, in the order of their ids."""
    first = Message.objects.filter(thread=OuterRef("pk")).in_order().values("sent_at")[:1]
    rows = Thread.objects.filter(kind=kind).annotate(begins_at=Subquery(first))
    older = rows.filter(begins_at__lt=before).order_by("pk").values_list("pk", flat=True)
    last = 0
    while page := list(older.filter(pk__gt=last)[:THREADS_AT_ONCE]):
        yield from page
        last = page[-1]


def last_before(thread_id: int, before: datetime) -> int:
    """The number up to which a history holds nothing of that moment or later; 0 for none."""
    rows = Message.objects.filter(thread=thread_id)
    # First, so that what is stored between the two questions is in neither.
    highest: int = rows.aggregate(highest=Max("seq"))["highest"] or 0
    kept = rows.filter(sent_at__gte=before, seq__lte=highest).in_order()
    first = kept.values_list("seq", flat=True).first()
    return highest if first is None else first - 1


def records_before(moment: datetime) -> int:
    """Entries of the record of administration."""
    return Record.objects.filter(made_at__lt=moment).count()
