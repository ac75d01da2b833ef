"""What is kept. Thin on purpose: `actions` writes it, `history` reads it."""

from .members import FOREVER, JUST_BEFORE, Member, Stay
from .messages import Message
from .order import PERSON_LIMIT, REASON_LIMIT, Ban, EntryRequest, Record
from .preferences import Preferences
from .threads import Thread

__all__ = [
    "FOREVER",
    "JUST_BEFORE",
    "PERSON_LIMIT",
    "REASON_LIMIT",
    "Ban",
    "EntryRequest",
    "Member",
    "Message",
    "Preferences",
    "Record",
    "Stay",
    "Thread",
]
