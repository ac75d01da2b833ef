"""Token buckets. Pure: the clock is an argument."""

from __future__ import annotations

import math
from functools import partial

from ..errors import RateLimited

TYPING_RATE, TYPING_BURST = 1.0, 3  # frames a second and at once; more are dropped
READ_RATE, READ_BURST = 10.0, 60  # marks told before they are saved, a second and at once
LOOKUP_RATE, LOOKUP_BURST = 1.0, 10  # unknown threads asked of the database, a second and at once
COMMAND_RATE, COMMAND_BURST = 1.0, 5  # commands handed to Django, a second and at once
SHORTEST_WAIT = 1.0  # s; a bucket that refused once would otherwise let single tokens trickle


class TokenBucket:
    """`rate` tokens a second, at most `burst` at once.

    A bucket that refused stays shut until the wait that it told is over. So what came first and
    was refused is not overtaken by what came a little later.
    """

    __slots__ = ("_burst", "_filled_at", "_rate", "_shut_until", "_tokens")

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._tokens = float(burst)
        self._filled_at = -math.inf
        self._shut_until = -math.inf

    def take(self, now: float) -> float:
        """0.0 if a token was taken, else the seconds to wait; `now` is monotonic, in seconds."""
        if now < self._shut_until:
            return self._shut_until - now
        self._fill(now)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return self._shut(now)

    def spend(self, now: float) -> None:
        """Takes a token, or raises RateLimited, which says when there is one."""
        if wait := self.take(now):
            raise RateLimited(retry_after=math.ceil(wait * 1000))

    def is_full(self, now: float) -> bool:
        """As good as a new one."""
        if now < self._shut_until:
            return False
        self._fill(now)
        return self._tokens >= self._burst

    def _fill(self, now: float) -> None:
        gained = (now - self._filled_at) * self._rate
        self._tokens = min(self._burst, self._tokens + gained)
        self._filled_at = now

    def _shut(self, now: float) -> float:
        wait = max(SHORTEST_WAIT, (1 - self._tokens) / self._rate)
        self._shut_until = now + wait
        return wait


class Limits:
    """One person's buckets, over all of their sockets here."""

    __slots__ = ("commands", "lookups", "reads", "sends", "typing")

    def __init__(self, send_rate: float, send_burst: int) -> None:
        self.sends = TokenBucket(send_rate, send_burst)
        self.typing = TokenBucket(TYPING_RATE, TYPING_BURST)
        self.reads = TokenBucket(READ_RATE, READ_BURST)
        self.lookups = TokenBucket(LOOKUP_RATE, LOOKUP_BURST)
        self.commands = TokenBucket(COMMAND_RATE, COMMAND_BURST)

    def are_full(self, now: float) -> bool:
        buckets = (self.sends, self.typing, self.reads, self.lookups, self.commands)
        return all(bucket.is_full(now) for bucket in buckets)


class Absent:
    """The limits of people who left, until they are full: nobody gets new ones by coming again."""

    def __init__(self, send_rate: float, send_burst: int) -> None:
        self._new = partial(Limits, send_rate, send_burst)
        self._kept: dict[str, Limits] = {}

    def leave(self, user_id: str, limits: Limits) -> None:
        self._kept[user_id] = limits

    def arrive(self, user_id: str) -> Limits:
        return self._kept.pop(user_id, None) or self._new()

    def forget_full(self, now: float) -> None:
        self._kept = {
            user_id: limits for user_id, limits in self._kept.items() if not limits.are_full(now)
        }
