"""The pages. They check and call; what is decided, `actions` and `history` decide."""

from django.views.i18n import JavaScriptCatalog

from .acts import acts
from .confirm import confirm
from .groups import new_group
from .inbox import inbox, send_message
from .members import members
from .rooms import room, rooms
from .settings import settings
from .thread import thread

javascript_catalog = JavaScriptCatalog.as_view(packages=["privatemessages"])

__all__ = [
    "acts",
    "confirm",
    "inbox",
    "javascript_catalog",
    "members",
    "new_group",
    "room",
    "rooms",
    "send_message",
    "settings",
    "thread",
]
