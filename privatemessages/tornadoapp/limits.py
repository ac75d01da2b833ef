"""Token buckets. Pure: the clock is an argument."""

from __future__ import annotations

import math

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

    def _fill(self, now: float) -> None:
        gained = (now - self._filled_at) * self._rate
        self._tokens = min(self._burst, self._tokens + gained)
        self._filled_at = now

    def _shut(self, now: float) -> float:
        wait = max(SHORTEST_WAIT, (1 - self._tokens) / self._rate)
        self._shut_until = now + wait
        return wait
