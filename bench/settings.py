"""The site, with nobody held back: the limits are for people, and here there are few."""

from myproject.settings import *  # noqa: F403 - the site's settings, all of them
from myproject.settings import PRIVATEMESSAGES

UNLIMITED = 1_000_000

PRIVATEMESSAGES = PRIVATEMESSAGES | {
    "SOCKETS_PER_PERSON": UNLIMITED,
    "SEND_RATE": UNLIMITED,
    "SEND_BURST": UNLIMITED,
    "FRAME_RATE": UNLIMITED,
    "FRAME_BURST": UNLIMITED,
}
LOG_LEVEL = "WARNING"
