"""The site as it is, except for what would make a fault take minutes."""

from myproject.settings import *  # noqa: F403 - as Django's settings do
from myproject.settings import PRIVATEMESSAGES

PRIVATEMESSAGES |= {
    "WRITE_BUFFER": 64 * 1024,  # bytes; a frozen reader is noticed once the kernel's are full too
    "DRAIN_SECONDS": 2.0,
    "LEASE_SECONDS": 3.0,
    "RECHECK": 3,  # seconds: everybody is read again all the time
    "SEND_RATE": 200.0,  # messages per second, for the long outage
    "SEND_BURST": 400,
    "FRAME_RATE": 500.0,
    "FRAME_BURST": 1000,
}
