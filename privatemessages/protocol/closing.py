"""Close codes as policy: the number alone tells a client what to do next.

4000 to 4499, and every code not listed here: reconnect with full jitter. 4500 to 4999: do not.
The range 4000-4999 is for private use (RFC 6455, section 7.4.2).
"""

from enum import IntEnum


class CloseCode(IntEnum):
    GOING_AWAY = 1001
    TOO_BIG = 1009
    FAILED = 1011
    RESTARTING = 1012
    SLOW_READER = 4003
    FLOOD = 4005
    NOT_SIGNED_IN = 4501
    FORBIDDEN = 4503
    TOO_MANY_SOCKETS = 4504
