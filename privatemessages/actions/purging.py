"""What nobody may read any more is deleted, in portions that hold no lock for long.

It is hidden already. Should a process die in between, the next clearing of the thread goes on.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction

from .. import conf
from ..models import Message, Thread

PORTION = 2_000  # messages in one transaction


def purge_later(thread: Thread) -> None:
    """After the commit, unless KEEP_CLEARED."""
    if not conf.load().KEEP_CLEARED:
        # Robust, which is logged and not raised: what was asked for is done, and hidden it is.
        transaction.on_commit(partial(_purge, thread.pk, thread.cleared_seq), robust=True)


def _purge(thread_id: int, cleared_seq: int) -> None:
    cleared = Message.objects.filter(thread_id=thread_id, seq__lte=cleared_seq)
    while portion := list(cleared.values_list("pk", flat=True)[:PORTION]):
        Message.objects.filter(pk__in=portion).delete()
