"""Each command to the server that holds its key: a gathering pipeline for each of them.

The order is kept for each key as long as it stays where it is. What meets a server that holds the
key no more fails, and is not sent after it: the caller knows what repeating means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..errors import Unavailable
from .addresses import Server
from .commands import Command
from .failures import RETRY_AFTER
from .layouts import key_of
from .links import Links
from .pipelines import GatheringPipeline
from .topology import Topology


class Router:
    def __init__(
        self,
        topology: Topology,
        links: Links,
        on_restart: Callable[[Server], None] | None = None,
    ) -> None:
        self._topology = topology
        self._on_restart = on_restart
        self._links = links
        self._pipelines: dict[Server, GatheringPipeline] = {}
        self._closing: set[asyncio.Task[None]] = set()
        topology.watch(self._forget_those_without)

    def call(self, command: Command) -> asyncio.Future[Any]:
        """The reply, later; Unavailable where the server is away, full or too far behind."""
        return self.call_at(self._topology.layout.holder(key_of(command)), command)

    def call_at(self, server: Server | None, command: Command) -> asyncio.Future[Any]:
        if server is None:
            self._topology.doubt()
            return _nowhere()
        return self._pipeline(server).call(command)

    async def call_all(self, wanted: Sequence[Command]) -> list[Any]:
        """The replies of several commands, in their order for each key; raises Unavailable."""
        await self._topology.known()
        return await asyncio.gather(*[self.call(command) for command in wanted])

    async def call_each(self, wanted: Sequence[Command]) -> list[Any]:
        """As `call_all`, with Unavailable in place of a reply, unless there is no other."""
        await self._topology.known()
        calls = [self.call(command) for command in wanted]
        replies = await asyncio.gather(*calls, return_exceptions=True)
        failures = [reply for reply in replies if isinstance(reply, BaseException)]
        for failure in failures:
            if len(failures) == len(replies) or not isinstance(failure, Unavailable):
                raise failure
        return replies

    async def call_everywhere(self, command: Command) -> list[Any]:
        """The reply of each server that holds anything and has not fallen; raises Unavailable."""
        await self._topology.known()
        layout = self._topology.layout
        servers = layout.servers - layout.fallen or layout.servers
        return await asyncio.gather(*[self.call_at(server, command) for server in servers])

    async def close(self) -> None:
        for server in list(self._pipelines):
            self._close(server)
        await asyncio.gather(*self._closing)

    def _pipeline(self, server: Server) -> GatheringPipeline:
        found = self._pipelines.get(server)
        if found is None:
            on_restart = self._on_restart and partial(self._on_restart, server)
            found = GatheringPipeline(self._links.to(server), self._topology.doubt, on_restart)
            self._pipelines[server] = found
        return found

    def _forget_those_without(self) -> None:
        """Who waits for a server that holds nothing any more would wait for its time-out."""
        for server in self._pipelines.keys() - self._topology.layout.servers:
            self._close(server)

    def _close(self, server: Server) -> None:
        closing = asyncio.create_task(self._pipelines.pop(server).close())
        # The loop keeps only weak references to its tasks.
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def _nowhere() -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    reason = "Redis: nobody holds this now."
    future.set_exception(Unavailable(reason=reason, retry_after=RETRY_AFTER))
    return future
