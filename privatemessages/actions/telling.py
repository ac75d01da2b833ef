"""What was stored is told after the commit. That it could not be told undoes nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction

from .. import counters, protocol
from ..errors import Unavailable
from ..protocol import Frame
from ..wiring import broker, untold

logger = logging.getLogger(__name__)

Telling = tuple[str, Frame]  # channel, frame

# By these workers let in, cut off and mute. When they hear one they look into the database, or
# close a session, which never comes back: it may come late, or once too often.
RIGHTS = (
    *(protocol.Joined, protocol.Removed, protocol.RightsChanged, protocol.PreferencesChanged),
    *(protocol.SessionEnded, protocol.Recheck),
)


def to_thread(thread_id: int, frame: Frame) -> Telling:
    return broker().thread_channel(thread_id), frame


def to_person(user_id: str, frame: Frame) -> Telling:
    return broker().user_channel(user_id), frame


def read_mark(thread_id: int, user_id: Any, seq: int, *, is_shown: bool) -> Telling:
    """To those who may see it beside a message (`shows_reads`), else to the reader's tabs alone."""
    frame = protocol.ReadFrame(thread=thread_id, user=str(user_id), seq=seq)
    return to_thread(thread_id, frame) if is_shown else to_person(str(user_id), frame)


def tell(tellings: Iterable[Telling]) -> None:
    """After the commit, or at once outside a transaction; all of it in one round trip."""
    gathered = list(tellings)
    if gathered:
        transaction.on_commit(partial(_publish, gathered))


def _publish(tellings: list[Telling]) -> None:
    try:
        broker().publish(tellings)
    except Unavailable as error:
        # It is in the database: clients find it by their versions, but nobody looks for rights.
        counters.untold.inc(len(tellings))
        logger.warning("Stored, but not told (%d frames): %s", len(tellings), error)
        for telling in tellings:
            if isinstance(telling[1], RIGHTS):
                untold().add(telling)
    except Exception:
        # Loud, and not raised: whoever sent it would hear that it failed, and write it once more.
        counters.untold.inc(len(tellings))
        logger.exception("Stored, but not told (%d frames)", len(tellings))
