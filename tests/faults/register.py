"""Who belonged where and when, as far as one can tell past the database. Pure.

Times are milliseconds since 1970 UTC. Of each act two are known, before it was asked for and after
its commit; what happens in between counts for whoever is judged.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from tests.client.history import Key
from tests.faults.office import Deed

FOLLOWS = 1_000  # ms within which rights follow what was done
SKEW = 5_000  # ms by which Django believes a worker's clock to be behind, when somebody has joined

Spot = tuple[int, str]  # thread, person


@dataclass(frozen=True)
class Sight:
    """A message that a client saw. `live` is as it was told, else it is from the history."""

    thread: int
    key: Key
    sent_at: int
    seen_at: float
    live: bool


@dataclass
class Span:
    """From somewhere between `begun` and `settled` to somewhere between `ending` and `ended`."""

    begun: int
    settled: int
    ending: float = math.inf
    ended: float = math.inf

    @classmethod
    def since(cls, deed: Deed) -> "Span":
        return cls(deed.before, deed.after)

    def end(self, deed: Deed) -> None:
        self.ending, self.ended = deed.before, deed.after

    @property
    def is_open(self) -> bool:
        return self.ended == math.inf

    def surely_holds(self, moment: float) -> bool:
        return self.settled < moment < self.ending

    def may_hold(self, moment: float, before: float = 0, after: float = 0) -> bool:
        return self.begun - before <= moment <= self.ended + after


class Register:
    """`shows_past`: the threads whose history from before one came is for everybody."""

    def __init__(self) -> None:
        self.shows_past: set[int] = set()
        self.stays: defaultdict[Spot, list[Span]] = defaultdict(list)
        self.mutes: defaultdict[Spot, list[Span]] = defaultdict(list)

    def inside(self, thread: int) -> list[str]:
        stays = self.stays.items()
        return sorted(user for (where, user), spans in stays if where == thread and is_open(spans))

    def came(self, thread: int, user: str, deed: Deed) -> None:
        self.stays[thread, user].append(Span.since(deed))

    def went(self, thread: int, user: str, deed: Deed) -> None:
        self.stays[thread, user][-1].end(deed)

    def muted(self, thread: int, user: str, deed: Deed) -> None:
        self.mutes[thread, user].append(Span.since(deed))

    def unmuted(self, thread: int, user: str, deed: Deed) -> None:
        self.mutes[thread, user][-1].end(deed)

    def is_muted(self, thread: int, user: str) -> bool:
        return is_open(self.mutes[thread, user])

    def may_have_seen(self, user: str, sight: Sight) -> bool:
        """What was told live may be from a moment after, and anything from a moment before.

        What one wrote is one's own.
        """
        if sight.key[0] == user:
            return True
        grace = FOLLOWS if sight.live else 0
        if sight.thread in self.shows_past:
            return any(
                stay.begun <= sight.seen_at and sight.sent_at <= stay.ended + grace
                for stay in self.stays[sight.thread, user]
            )
        stays = self.stays[sight.thread, user]
        return any(stay.may_hold(sight.sent_at, before=FOLLOWS, after=grace) for stay in stays)

    def may_have_spoken(self, thread: int, user: str, moment: float) -> bool:
        stays, mutes = self.stays[thread, user], self.mutes[thread, user]
        belonged = any(stay.may_hold(moment, before=SKEW) for stay in stays)
        return belonged and not any(mute.surely_holds(moment) for mute in mutes)

    def could_speak(self, thread: int, user: str, moment: int) -> bool:
        """Without any doubt."""
        stays, mutes = self.stays[thread, user], self.mutes[thread, user]
        belonged = any(stay.surely_holds(moment) for stay in stays)
        return belonged and not any(mute.may_hold(moment) for mute in mutes)


def is_open(spans: list[Span]) -> bool:
    return bool(spans) and spans[-1].is_open
