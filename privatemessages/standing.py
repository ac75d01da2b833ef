"""What somebody may do in a thread, and how much of it is theirs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .roles import Role
from .times import milliseconds

READ_AUDIENCE = 50  # people; in a larger group nobody else is told what one has read


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do in a thread. `muted_until` is milliseconds since 1970 UTC.

    `may_post` tells of the thread and the role; a mute comes on top and ends by itself.
    """

    kind: str
    role: Role
    may_post: bool
    muted_until: int | None = None

    def may_post_at(self, now: int) -> bool:
        """`now` is milliseconds since 1970 UTC."""
        return self.may_post and (self.muted_until is None or self.muted_until <= now)


@dataclass(frozen=True, slots=True)
class Place:
    """The history up to `floor` is not this person's: from before they came, or cleared.

    Nor is what was spoken before `since`, whenever it is stored; None where they may see the past.
    """

    version: int
    read: int
    floor: int
    since: datetime | None
    member_count: int
    standing: Standing

    def hears(self, moment: int) -> bool:
        """Whether what was spoken then is for them; milliseconds since 1970 UTC."""
        return self.since is None or moment >= milliseconds(self.since)


def shows_reads(kind: str, member_count: int) -> bool:
    """Whether people there are told how far the others have read."""
    return kind != "room" and member_count <= READ_AUDIENCE
