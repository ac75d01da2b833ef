"""Which server holds what, as a worker knows it now, and how it finds out that it has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError

from ..errors import Unavailable
from .addresses import Address, Server
from .discovery import ASK_TIMEOUT, ASKED_AT_ONCE, LIFETIME, PAUSE, Discovery, Found, newest
from .failures import CONNECTION_TROUBLE, RETRY_AFTER
from .layouts import initial
from .links import ask

logger = logging.getLogger(__name__)


class Topology:
    """`layout` is replaced, never changed; `watch` tells when it was asked for again."""

    def __init__(self, address: Address) -> None:
        self.layout = initial(address)
        self._discovery = Discovery(address)
        self._watchers: list[Callable[[], None]] = []
        self._asking: asyncio.Task[None] | None = None
        self._asked_at = 0.0
        self._silent = False

    def watch(self, on_asked: Callable[[], None]) -> None:
        self._watchers.append(on_asked)

    def doubt(self) -> None:
        """Something contradicted the layout: ask again, soon, and not too often."""
        if self._discovery.needed and self._asking is None:
            self._asking = asyncio.create_task(self._ask())

    async def known(self) -> None:
        """Returns when there is a layout; raises Unavailable where nobody tells one now."""
        if not self.layout.servers:
            await self.ask()
        if not self.layout.servers:
            reason = "Redis: nobody tells who holds what."
            raise Unavailable(reason=reason, retry_after=RETRY_AFTER)

    async def ask(self) -> None:
        self.doubt()
        if self._asking is not None:
            await asyncio.shield(self._asking)

    async def run(self) -> None:
        """Asks now and then: a master that was cut off contradicts nothing. Cancel it to stop."""
        while self._discovery.needed:
            await self.ask()
            await asyncio.sleep(LIFETIME)

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            await asyncio.sleep(self._asked_at + PAUSE - clock())
            await self._find_out()
        finally:
            self._asked_at = clock()
            self._asking = None
        for on_asked in self._watchers:
            on_asked()

    async def _find_out(self) -> None:
        asked = self._discovery.candidates(self.layout.servers)
        for start in range(0, len(asked), ASKED_AT_ONCE):
            found = await self._ask_all(asked[start : start + ASKED_AT_ONCE])
            if layout := newest(found):
                self._silent = False
                self.layout = layout
                return
        self._complain()

    async def _ask_all(self, asked: Iterable[Server]) -> list[Found]:
        answers = await asyncio.gather(*[self._ask_one(server) for server in asked])
        return [found for found in answers if found]

    async def _ask_one(self, server: Server) -> Found | None:
        discovery = self._discovery
        try:
            replies = await ask(server, discovery.access, discovery.questions, ASK_TIMEOUT)
            return discovery.read(replies, server)
        except (RedisError, *CONNECTION_TROUBLE) as error:
            logger.debug("%s does not say who holds what: %s", server, error)
            return None

    def _complain(self) -> None:
        if not self._silent:
            logger.warning("Nobody tells which server of Redis holds what.")
        self._silent = True
