"""For looking only: what is kept is written by `actions` alone.

Members and bans are shown within their thread. Had they a page of their own, Django would refuse
to delete a person because nobody may delete members here.
"""

from .messages import MessageAdmin
from .records import RecordAdmin
from .threads import ThreadAdmin

__all__ = ["MessageAdmin", "RecordAdmin", "ThreadAdmin"]
