"""Everything that changes what is kept: the only writer of the database."""

from .batches import Entry, ReadMark, Result, save_batch
from .messages import send_message
from .reads import mark_read
from .sessions import end_session, recheck_partners, recheck_sessions
from .threads import start_direct_thread

__all__ = [
    "Entry",
    "ReadMark",
    "Result",
    "end_session",
    "mark_read",
    "recheck_partners",
    "recheck_sessions",
    "save_batch",
    "send_message",
    "start_direct_thread",
]
