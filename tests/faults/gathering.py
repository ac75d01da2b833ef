"""People in groups and rooms, who write all the time while a director lets them come and go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from tests.client import ALL_ON, Switches, Tab
from tests.client.chance import another
from tests.client.history import Key
from tests.faults import rights
from tests.faults.books import Books, read_books
from tests.faults.director import REMOVALS, Director, Venue
from tests.faults.office import Deed, Office
from tests.faults.stack import Stack
from tests.faults.traffic import Traffic
from tests.faults.waiting import apart
from tests.faults.witness import Witness

MEMBERS = 10  # of each thread at the beginning
LEAD = 0.05  # s for which somebody speaks before they have to go, and after
BABBLE = 0.02  # s between two messages of theirs
PAUSE = 0.8  # s between two messages of one socket, with a jitter
HTTP_NOT_FOUND = 404


@dataclass(frozen=True)
class Parting:
    """Somebody had to go while they spoke."""

    thread: int
    client: Witness
    deed: Deed


class Gathering(Traffic):
    """Two groups and two rooms."""

    make_client = Witness
    pause = PAUSE

    def __init__(
        self, stack: Stack, switches: Switches = ALL_ON, *, told: bool = True, **options: Any
    ) -> None:
        super().__init__(stack, switches, **options)
        self.partings: list[Parting] = []
        self.late: list[tuple[int, Key]] = []
        self.knocks = 0
        self._breaches: list[str] = []
        self._people = list(self.company.sessions)
        self._office = Office(stack.env, told=told)
        self.director = Director(self._office, self._people, another(self.chance))

    async def __aenter__(self) -> Self:
        self._office.__enter__()
        for number in range(2):
            await self.director.open_group(f"Group {number}", *self._guests(number))
            await self.director.open_room(f"Room {self.seed} {number}", *self._guests(number + 2))
        return await super().__aenter__()

    async def __aexit__(self, *exception: object) -> None:
        await super().__aexit__(*exception)
        await apart(self._office.__exit__)

    @property
    def group(self) -> Venue:
        return next(venue for venue in self.director.venues.values() if not venue.is_room)

    def threads_for(self, tab: Tab) -> list[int]:
        """Those to which this client believes to belong."""
        return [thread for thread in self.director.venues if thread in tab.client.copies]

    def tabs_of(self, person: str) -> list[Tab]:
        return [tab for tab in self.tabs if tab.client.user == person]

    def books(self) -> Books:
        return read_books(self.stack.database, self.director.venues)

    async def direct(self, acts: int) -> None:
        """One act after the other."""
        for _ in range(acts):
            act, venue = self.director.draw()
            if act in REMOVALS:
                await self.knock(venue, await self.part(venue, act))
            else:
                await getattr(self.director, act)(venue)

    async def part(self, venue: Venue, act: str = "remove_member") -> str:
        """Somebody goes, or has to, in the middle of a sentence."""
        other = self.director.draw_member(venue)
        tab = self.tabs_of(other)[0]
        async with self._babbling(tab, venue.thread):
            deed = await self.director.dismiss(act, venue, other)
        self.partings.append(Parting(venue.thread, tab.client, deed))
        return other

    async def knock(self, venue: Venue, other: str) -> None:
        """The history is shut to who is gone."""
        address = f"{self.stack.site.api}threads/{venue.thread}/messages"
        cookie = f"sessionid={self.company.sessions[other]}"
        found = await self.http.fetch(address, headers={"Cookie": cookie}, raise_error=False)
        self.knocks += 1
        if found.code != HTTP_NOT_FOUND:
            self._breaches.append(f"door: the history of {venue.thread} answers {found.code}")

    async def speak_late(self, venue: Venue, other: str) -> None:
        """As through a worker that has not heard yet that this person is gone."""
        message_id = await apart(self.stack.accept, venue.thread, other, "too late")
        self.late.append((venue.thread, (other, message_id)))

    @asynccontextmanager
    async def _babbling(self, tab: Tab, thread: int) -> AsyncIterator[None]:
        talking = asyncio.create_task(self._babble(tab, thread))
        await asyncio.sleep(LEAD)
        yield
        await asyncio.sleep(LEAD)
        talking.cancel()

    async def _babble(self, tab: Tab, thread: int) -> None:
        while True:
            self.write(tab, thread)
            await asyncio.sleep(BABBLE)

    async def _problems(self) -> list[str]:
        books = await apart(self.books)
        found = rights.problems(books, self.clients, self.director.register)
        return [*self._breaches, *self.director.breaches, *found]

    def _guests(self, number: int) -> tuple[str, list[str]]:
        """Owner and others; each thread has others."""
        first = number * len(self._people) // 4
        owner, *others = (self._people[first:] + self._people)[:MEMBERS]
        return owner, others
