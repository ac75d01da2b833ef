"""Everything that changes what is kept: the only writer of the database."""

from .batches import Entry, ReadMark, Result, save_batch
from .erasing import Erased, check_erasable, erase_person, forget_in_redis
from .groups import make_group
from .keeping import (
    clear_history,
    close_thread,
    configure,
    delete_thread,
    rename,
    reopen_thread,
    set_topic,
)
from .leaping import leap
from .members import add_member, appoint, leave, leave_everything, remove_member
from .messages import send_message
from .moderation import ban, mute, unban, unmute
from .preferences import set_preferences
from .pruning import PORTION, prune, prune_records
from .purging import purge
from .reads import mark_read
from .reminders import mark_unread, silence, unsilence
from .rooms import decline_entry, enter_room, make_room, request_entry
from .sessions import end_session, recheck_partners, recheck_sessions
from .threads import start_direct_thread

__all__ = [
    "PORTION",
    "Entry",
    "Erased",
    "ReadMark",
    "Result",
    "add_member",
    "appoint",
    "ban",
    "check_erasable",
    "clear_history",
    "close_thread",
    "configure",
    "decline_entry",
    "delete_thread",
    "end_session",
    "enter_room",
    "erase_person",
    "forget_in_redis",
    "leap",
    "leave",
    "leave_everything",
    "make_group",
    "make_room",
    "mark_read",
    "mark_unread",
    "mute",
    "prune",
    "prune_records",
    "purge",
    "recheck_partners",
    "recheck_sessions",
    "remove_member",
    "rename",
    "reopen_thread",
    "request_entry",
    "save_batch",
    "send_message",
    "set_preferences",
    "set_topic",
    "silence",
    "start_direct_thread",
    "unban",
    "unmute",
    "unsilence",
]
