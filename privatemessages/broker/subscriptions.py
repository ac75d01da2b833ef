"""The channels that a worker listens to, wherever they are: one link to each server.

When channels are confirmed again that a broken link had, or a server that holds them no more, that
is reported as a loss.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from ..errors import Unavailable
from .addresses import Server
from .discovery import LIFETIME
from .failures import RETRY_AFTER
from .layouts import Layout
from .links import Links
from .listening import Dialect, Link
from .topology import Topology

CONFIRM_TIMEOUT = 5.0  # s
# Until then others, Django's processes above all, may publish at a server that lost its place; it
# takes that as long as it does not know of it.
AFTERMATH = LIFETIME + 3.0  # s

logger = logging.getLogger(__name__)


class Subscriptions:
    """`on_frame(channel, frame)` for each published frame; `on_loss()` when some may be missing."""

    def __init__(
        self,
        topology: Topology,
        links: Links,
        dialect: Dialect,
        on_frame: Callable[[str, bytes], None],
        on_loss: Callable[[], None],
    ) -> None:
        self._topology = topology
        self._make_pool = links.to
        self._dialect = dialect
        self.on_frame = on_frame
        self._on_loss = on_loss
        self._links: dict[Server, Link] = {}
        self._followed: Layout | None = None
        self._asked = asyncio.Event()
        self._home: dict[str, Link] = {}  # of each wanted channel that has one
        self._homeless: set[str] = set()  # wanted, and nobody is known to hold it
        self._confirmed: set[str] = set()
        self._missed: set[str] = set()  # were confirmed somewhere, and are nowhere now
        self._missed_at: dict[Link, set[str]] = defaultdict(set)  # and are not yet confirmed here
        self._waiting: dict[str, asyncio.Future[None]] = {}
        topology.watch(self._asked.set)

    @property
    def connected(self) -> bool:
        """To every server that holds a channel that is wanted, and has not fallen."""
        fallen = self._topology.layout.fallen
        links = [link for link in self._links.values() if link.server not in fallen]
        needed = [link for link in links if link.channels or not self._home]
        return bool(links) and not self._homeless and all(link.connected for link in needed)

    async def subscribe(self, channels: Iterable[str]) -> None:
        """Returns when all are confirmed; raises Unavailable when that takes too long.

        What is at a server that is away is not waited for while others are there: it is confirmed
        later, and then some of it was missed.
        """
        wanted = set(channels)
        self._homeless |= wanted - self._home.keys()
        self._house()
        unconfirmed = wanted - self._confirmed
        away = self._away(unconfirmed)
        self._miss(away)
        waiting = [self._confirmation(name) for name in unconfirmed - away]
        if waiting:
            await self._confirmed_in_time(waiting)

    def unsubscribe(self, channels: Iterable[str]) -> None:
        dropped = set(channels)
        self._homeless -= dropped
        self._missed -= dropped
        for link, names in self._at_home(dropped):
            link.drop(names)
            self._confirmed -= names
            self._settle(link, names)

    async def run(self) -> None:
        """Keeps a link to each server open, for ever; cancel it to stop."""
        tasks: dict[Server, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as running:
            running.create_task(self._topology.run())
            while True:
                self._asked.clear()
                for server in self._follow():
                    tasks[server] = running.create_task(self._links[server].run())
                for server in tasks.keys() - self._links.keys():
                    tasks.pop(server).cancel()
                await self._asked.wait()

    def on_confirmed(self, link: Link, channel: str) -> None:
        if self._home.get(channel) is not link:
            return
        self._confirmed.add(channel)
        if waiting := self._waiting.pop(channel, None):
            waiting.set_result(None)
        self._settle(link, {channel})

    def on_down(self, link: Link) -> None:
        lost = self._confirmed & link.channels
        self._confirmed -= lost
        self._missed_at[link] |= lost
        self._topology.doubt()

    def on_displaced(self, link: Link, channels: Collection[str]) -> None:
        self._uproot(link, set(channels))
        self._topology.doubt()

    def _follow(self) -> set[Server]:
        """Goes where the channels are now; the servers that are new."""
        layout, new = self._topology.layout, set[Server]()
        if layout != self._followed:
            if self._followed and self._followed.servers:
                asyncio.get_running_loop().call_later(AFTERMATH, self._report)
            self._followed = layout
            new = set(layout.servers - self._links.keys())
            for server in self._links.keys() - layout.servers:
                self._leave(self._links.pop(server))
            for server in new:
                self._links[server] = Link(server, self._make_pool(server), self._dialect, self)
            for link in self._links.values():
                moved = {name for name in link.channels if layout.holder(name) != link.server}
                link.drop(moved)
                self._uproot(link, moved)
        self._house()
        return new

    def _leave(self, link: Link) -> None:
        self._uproot(link, set(link.channels))
        del self._missed_at[link]

    def _house(self) -> None:
        found: dict[Link, set[str]] = defaultdict(set)
        for name in self._homeless:
            holder = self._topology.layout.holder(name)
            if link := holder and self._links.get(holder):
                found[link].add(name)
        for link, names in found.items():
            self._homeless -= names
            self._home.update(dict.fromkeys(names, link))
            self._missed_at[link] |= names & self._missed
            self._missed -= names
            link.ask_for(names)

    def _uproot(self, link: Link, channels: set[str]) -> None:
        missed = self._missed_at[link]
        self._missed |= channels & (self._confirmed | missed)
        self._confirmed -= channels
        self._homeless.update(*[names for _, names in self._at_home(channels)])
        waited_for = bool(missed & channels)
        missed -= channels
        if waited_for and not missed and self._confirmed & link.channels:
            self._report()  # what others have missed, who waited for these

    def _at_home(self, channels: Iterable[str]) -> Iterator[tuple[Link, set[str]]]:
        """These channels by their links, which they leave."""
        found: dict[Link, set[str]] = defaultdict(set)
        for name in channels:
            if link := self._home.pop(name, None):
                found[link].add(name)
        yield from found.items()

    def _away(self, channels: set[str]) -> set[str]:
        here = {link for link in self._links.values() if link.connected}
        return {name for name in channels if self._home.get(name) not in here} if here else set()

    def _miss(self, channels: set[str]) -> None:
        self._missed |= channels & self._homeless
        for name in channels - self._homeless:
            self._missed_at[self._home[name]].add(name)

    def _confirmation(self, channel: str) -> asyncio.Future[None]:
        if channel not in self._waiting:
            self._waiting[channel] = asyncio.get_running_loop().create_future()
        return self._waiting[channel]

    async def _confirmed_in_time(self, waiting: list[asyncio.Future[None]]) -> None:
        _, late = await asyncio.wait(waiting, timeout=CONFIRM_TIMEOUT)
        if late:
            raise Unavailable(reason="Redis confirms no channel.", retry_after=RETRY_AFTER)

    def _settle(self, link: Link, channels: set[str]) -> None:
        """Nothing is missing on these any more; with the last of a link the loss is complete."""
        missed = self._missed_at[link]
        if missed & channels:
            missed -= channels
            if not missed:
                self._report()

    def _report(self) -> None:
        logger.warning("What was published while the pub/sub link was down is lost.")
        self._on_loss()
