"""What becomes of the messages of somebody whose account goes. Their places have ended already.

Each portion is one transaction, so that nobody waits for long.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from .. import history, protocol
from ..models import Message, Thread
from .counting import uncount
from .ledger import rewrite
from .telling import tell, to_thread

PORTION = (
    200  # messages; each of them is told, and this is what a client may miss and catch up with
)
ROWS_AT_ONCE = 2_000  # whose sender nobody is told of


def unsign_messages(person: AbstractBaseUser) -> int:
    """They stay, and so do events, without the name; how many were texts."""
    count = Message.objects.filter(sender=person.pk, event="").count()
    _unsign("sender", person)
    _unsign("about", person)
    return count


def _unsign(column: str, person: AbstractBaseUser) -> None:
    signed = Message.objects.filter(**{column: person.pk}).order_by()
    while portion := list(signed.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        Message.objects.filter(pk__in=portion).update(**{column: None})


def remove_messages(person: AbstractBaseUser) -> int:
    """In the place of each there is an event without words; how many there were."""
    texts = Message.objects.filter(sender=person.pk, event="").order_by("thread_id")
    removed = 0
    for thread_id in list(texts.values_list("thread_id", flat=True).distinct()):
        while portion := _remove_portion(person, thread_id):
            removed += portion
    return removed


@transaction.atomic
def _remove_portion(person: AbstractBaseUser, thread_id: int) -> int:
    thread = Thread.objects.locked([thread_id]).first()
    texts = Message.objects.filter(thread=thread_id, sender=person.pk, event="").in_order()
    rows = list(texts[:PORTION])
    if thread is None or not rows:
        return 0
    hidden = [row.pk for row in rows if row.seq <= thread.cleared_seq]
    Message.objects.filter(pk__in=hidden).delete()
    shown = [row for row in rows if row.seq > thread.cleared_seq]
    if shown:
        _replace(thread, shown)
    return len(rows)


def _replace(thread: Thread, rows: Sequence[Message]) -> None:
    """Each with a version of its own, so that a client which missed one knows it."""
    uncount(thread, [(row.seq, row.sender_id) for row in rows])
    for row in rows:
        thread.version += 1
        row.version, row.sender, row.text, row.reply_to = thread.version, None, "", None
        row.kind, row.event = Message.Kind.EVENT, Message.Event.ERASED
    rewrite(Message.objects.all(), rows, ["version", "sender", "text", "reply_to", "kind", "event"])
    if thread.last_message_id in {row.pk for row in rows}:
        thread.last_message = _newest_text(thread)
    thread.save(update_fields=["version", "text_count", "last_message"])
    tell(to_thread(thread.pk, _frame(row)) for row in rows)


def _newest_text(thread: Thread) -> Message | None:
    left = Message.objects.filter(thread=thread, event="", seq__gt=thread.cleared_seq)
    return left.newest_first().first()


def _frame(row: Message) -> protocol.MessageFrame:
    return protocol.MessageFrame(**dict(history.message_shape(row)))
