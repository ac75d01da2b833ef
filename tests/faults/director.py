"""Lets people come and go, and notes it. What is done is drawn by chance, so a seed repeats it."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from tests.faults.office import Deed, Office, user
from tests.faults.register import Register
from tests.faults.waiting import apart

FEWEST, MOST = 5, 15  # members of each thread
REMOVALS = ("remove_member", "ban", "leave")
COMINGS = ("come", "come", "come", "pardon")
MUTES = ("mute", "unmute")


@dataclass(frozen=True)
class Venue:
    """A group or room whose owner stays."""

    thread: int
    owner: str
    is_room: bool


class Director:
    """`breaches` tells where somebody was let in who is banned."""

    def __init__(self, office: Office, people: list[str], chance: Random) -> None:
        self.register = Register()
        self.venues: dict[int, Venue] = {}
        self.breaches: list[str] = []
        self._office = office
        self._people = people
        self._chance = chance
        self._banned: set[tuple[int, str]] = set()

    async def open_group(self, title: str, owner: str, others: list[str]) -> None:
        """What was before one came is not for them."""
        people = [user(other) for other in others]
        made = await self._do("make_group", user(owner), title, people)
        self._note_venue(made, owner, is_room=False)
        for other in others:
            self.register.came(made.thread, other, made)

    async def open_room(self, name: str, owner: str, others: list[str]) -> None:
        """Public, and its past is for everybody."""
        made = await self._do("make_room", user(owner), name)
        self._note_venue(made, owner, is_room=True)
        self.register.shows_past.add(made.thread)
        for other in others:
            deed = await self._do("enter_room", user(other), made.thread)
            self.register.came(made.thread, other, deed)

    def draw(self) -> tuple[str, Venue]:
        """What to do next, and where."""
        venue = self._chance.choice(list(self.venues.values()))
        count = len(self.register.inside(venue.thread))
        acts = [*MUTES]
        if count + len(self._banned_from(venue)) < MOST:
            acts += COMINGS
        if count > FEWEST:
            acts += REMOVALS
        return self._chance.choice(acts), venue

    def draw_member(self, venue: Venue) -> str:
        return self._chance.choice(self._others(venue))

    async def come(self, venue: Venue, but: Collection[str] = ()) -> str:
        """Somebody who is not there, and rather one who was."""
        inside = self.register.inside(venue.thread)
        kept_out = {*inside, *but, *self._banned_from(venue)}
        outside = [one for one in self._people if one not in kept_out]
        former = [one for one in outside if (venue.thread, one) in self.register.stays]
        other = self._chance.choice(former or outside)
        if venue.is_room:
            deed = await self._do("enter_room", user(other), venue.thread)
        else:
            deed = await self._do("add_member", user(venue.owner), venue.thread, user(other))
        self.register.came(venue.thread, other, deed)
        return other

    async def dismiss(self, act: str, venue: Venue, other: str) -> Deed:
        """One of REMOVALS."""
        who = [user(other)] if act == "leave" else [user(venue.owner)]
        whom = [] if act == "leave" else [user(other)]
        deed = await self._do(act, *who, venue.thread, *whom)
        self.register.went(venue.thread, other, deed)
        if act == "ban":
            self._banned.add((venue.thread, other))
            await self._check_kept_out(venue, other)
        return deed

    async def pardon(self, venue: Venue) -> None:
        if banned := self._banned_from(venue):
            other = self._chance.choice(banned)
            await self._do("unban", user(venue.owner), venue.thread, user(other))
            self._banned.discard((venue.thread, other))

    async def mute(self, venue: Venue) -> None:
        await self._change_mute("mute", venue)

    async def unmute(self, venue: Venue) -> None:
        await self._change_mute("unmute", venue)

    async def _change_mute(self, act: str, venue: Venue) -> None:
        is_muted = partial(self.register.is_muted, venue.thread)
        concerned = [one for one in self._others(venue) if is_muted(one) == (act == "unmute")]
        if concerned:
            other = self._chance.choice(concerned)
            deed = await self._do(act, user(venue.owner), venue.thread, user(other))
            getattr(self.register, f"{act}d")(venue.thread, other, deed)

    async def _check_kept_out(self, venue: Venue, other: str) -> None:
        ways = [("add_member", [user(venue.owner), venue.thread, user(other)])]
        if venue.is_room:
            ways.append(("enter_room", [user(other), venue.thread]))
        for act, arguments in ways:
            deed = await apart(self._office.do, act, *arguments)
            if deed.error != "banned":
                self.breaches.append(f"door: {act} of {other}, who is banned: {deed.error}")

    async def _do(self, act: str, *arguments: Any) -> Deed:
        deed: Deed = await apart(self._office.do, act, *arguments)
        assert deed.error is None, f"{act} {arguments}: {deed.error}"
        return deed

    def _note_venue(self, made: Deed, owner: str, *, is_room: bool) -> None:
        self.venues[made.thread] = Venue(made.thread, owner, is_room)
        self.register.came(made.thread, owner, made)

    def _others(self, venue: Venue) -> list[str]:
        return [other for other in self.register.inside(venue.thread) if other != venue.owner]

    def _banned_from(self, venue: Venue) -> list[str]:
        return sorted(other for thread, other in self._banned if thread == venue.thread)
