"""Which epoch of each outbox this worker is in, and at which server.

A server that took another's place, or was started again, may lack what had been accepted last, and
yet hold the epoch. So an epoch counts only at the server where it was joined, and only in that run
and that time in office: after that nothing is accepted until this worker joins again. The first one
that does so ends the epoch, because a worker that was away all the while, and finds its server in
office again, could not tell otherwise what was lost between.
"""

from __future__ import annotations

import uuid

from ..errors import Unavailable
from . import commands, keys
from .addresses import Server
from .layouts import Layout
from .routing import Router
from .topology import Topology

NONE = ""  # no epoch has this name
_NOWHERE = None, NONE


class Epochs:
    def __init__(self, topology: Topology, router: Router, partitions: int) -> None:
        self._topology = topology
        self._router = router
        self._keys = [keys.epoch(partition) for partition in range(partitions)]
        self._joined: dict[int, tuple[Server | None, str]] = {}
        topology.watch(self._leave_what_moved)

    def at(self, partition: int) -> tuple[Server | None, str]:
        """Who holds this outbox, and the epoch that was joined there, or NONE."""
        server = self._topology.layout.holder(self._keys[partition])
        where, epoch = self._joined.get(partition, _NOWHERE)
        return server, epoch if where == server else NONE

    async def join(self) -> None:
        """Those of now, where they can be asked for; raises Unavailable where none can be."""
        await self._topology.known()
        layout, fresh = self._topology.layout, uuid.uuid4().hex
        wanted = [
            commands.join_epoch(partition, self._left(partition, layout), fresh)
            for partition in range(len(self._keys))
        ]
        replies = await self._router.call_each(wanted)
        for partition, (key, epoch) in enumerate(zip(self._keys, replies, strict=True)):
            server = layout.holder(key)
            if server is not None and not isinstance(epoch, Unavailable):
                self._joined[partition] = server, epoch.decode()

    def leave(self, server: Server) -> None:
        """It is another run of it, or another one by the same name."""
        for partition, (where, epoch) in self._joined.items():
            if where == server:
                self._joined[partition] = None, epoch

    def _leave_what_moved(self) -> None:
        """What is somewhere else now is joined no more, even if it comes back."""
        for partition, (where, epoch) in self._joined.items():
            if where != self._topology.layout.holder(self._keys[partition]):
                self._joined[partition] = None, epoch

    def _left(self, partition: int, layout: Layout) -> str:
        where, epoch = self._joined.get(partition, _NOWHERE)
        return NONE if where == layout.holder(self._keys[partition]) else epoch
