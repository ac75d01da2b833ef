"""The site of the faults, which notices sooner that nobody is there any more."""

from tests.faults.settings import *  # noqa: F403 - as Django's settings do
from tests.faults.settings import PRIVATEMESSAGES

PRIVATEMESSAGES |= {"HEARTBEAT": 2}  # seconds
