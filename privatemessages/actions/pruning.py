"""What is older than an operator keeps is deleted, a portion at a time, while people go on writing.

As clearing does, it raises the floor of a thread: the beginning of the history is nobody's any
more. A floor and its counts change in the transaction that deletes what lies below, so whoever is
stopped goes on where they stopped.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from .. import history
from ..models import Message, Record, Thread
from . import chronicle
from .counting import uncount
from .telling import tell

PORTION = 1_000  # messages in one transaction, for which a thread is locked


class Row(NamedTuple):
    pk: int
    seq: int
    sender_id: object
    event: str


def prune(kind: str, before: datetime, portion: int = PORTION) -> history.Outdated:
    """What was sent before that moment in threads of this kind, kept cleared histories included.

    Only the beginning of a history goes: what was stored late waits for the newer before it.
    """
    threads = messages = 0
    for thread_id in history.threads_older_than(kind, before):
        gone = _prune_thread(thread_id, history.last_before(thread_id, before), portion)
        messages += gone
        threads += gone > 0
    return history.Outdated(messages, threads)


def prune_records(before: datetime) -> int:
    """How many entries of the record of administration went."""
    return Record.objects.filter(made_at__lt=before).delete()[0]


def _prune_thread(thread_id: int, last: int, portion: int) -> int:
    deleted = 0
    while gone := _prune_portion(thread_id, last, portion):
        deleted += gone
    return deleted


@transaction.atomic
def _prune_portion(thread_id: int, last: int, portion: int) -> int:
    thread = Thread.objects.locked([thread_id]).first()
    old = Message.objects.filter(thread=thread_id, seq__lte=last).in_order()
    rows = [Row(*row) for row in old.values_list(*Row._fields)[:portion]]
    if thread is None or not rows:
        return 0
    if rows[-1].seq > thread.cleared_seq:
        _raise_floor(thread, rows)
    Message.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _raise_floor(thread: Thread, rows: list[Row]) -> None:
    """To the last of these. What lies below already is counted by nobody."""
    texts = [row for row in rows if not row.event and row.seq > thread.cleared_seq]
    uncount(thread, [(row.seq, row.sender_id) for row in texts])
    thread.cleared_seq = rows[-1].seq
    if thread.last_message is not None and thread.last_message.seq <= thread.cleared_seq:
        thread.last_message = None
    thread.save(update_fields=["cleared_seq", "text_count", "last_message"])
    if thread.deleted_at is None:
        tell([chronicle.thread_changed(thread)])
