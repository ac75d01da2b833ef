"""What nobody may read any more is deleted, in portions that hold no lock for long.

It is hidden already. Whoever clears a long history does not wait for all of it, and a process may
die in between: what is left goes at the next clearing of the thread, or by `manage.py purge`.
"""

from __future__ import annotations

import math
import time
from functools import partial

from django.db import transaction

from .. import conf
from ..models import Message, Thread

PORTION = 2_000  # messages in one transaction
PATIENCE = 2.0  # s that somebody waits for it; a worker gives a command up after ten


def purge_later(thread: Thread) -> None:
    """After the commit, unless KEEP_CLEARED."""
    if not conf.load().KEEP_CLEARED:
        # Robust, which is logged and not raised: what was asked for is done, and hidden it is.
        purge_for_a_while = partial(_purge, thread.pk, thread.cleared_seq, PATIENCE)
        transaction.on_commit(purge_for_a_while, robust=True)


def purge() -> int:
    """What earlier clearings left, unless KEEP_CLEARED; the number of messages deleted."""
    if conf.load().KEEP_CLEARED:
        return 0
    cleared = Thread.objects.exclude(cleared_seq=0).order_by("pk")
    return sum(_purge(*thread) for thread in list(cleared.values_list("pk", "cleared_seq")))


def _purge(thread_id: int, cleared_seq: int, patience: float = math.inf) -> int:
    """The number of messages deleted; `patience` is in seconds."""
    cleared = Message.objects.filter(thread_id=thread_id, seq__lte=cleared_seq)
    until, deleted = time.monotonic() + patience, 0
    while portion := list(cleared.values_list("pk", flat=True)[:PORTION]):
        Message.objects.filter(pk__in=portion).delete()
        deleted += len(portion)
        if time.monotonic() >= until:
            break
    return deleted
