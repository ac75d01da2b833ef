"""The servers of Redis as Django's processes reach them: each command goes where its key is.

Nothing that may have been carried out is repeated. What a server refused because it does not hold
the key, or what never left this process, goes once to the server that holds it now: a page told
nobody otherwise what it stored just after a failover.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .addresses import Address, Server
from .commands import Command
from .discovery import ASK_TIMEOUT
from .failures import CONNECTION_TROUBLE, Unsent, is_misplaced
from .layouts import key_of
from .lookout import Lookout
from .pools import Pools, connect_to_master, exchange


class Servers:
    """Thread-safe. `reply_timeout` in seconds."""

    def __init__(self, address: Address, reply_timeout: float) -> None:
        self._lookout = Lookout(address, ASK_TIMEOUT)
        more = {"redis_connect_func": connect_to_master} if address.kind == "sentinel" else {}
        self._pools = Pools(address.access, reply_timeout, **more)

    def call(self, wanted: Sequence[Command]) -> list[Any]:
        """Raw replies, in the order of the commands; where one failed, its exception."""
        self._lookout.look()
        asked = self._lookout.layout
        replies = self._send(wanted)
        again = [number for number, reply in enumerate(replies) if _is_undone(reply)]
        if again and self._lookout.look() and self._lookout.layout != asked:
            repeated = self._send([wanted[number] for number in again])
            for number, reply in zip(again, repeated, strict=True):
                replies[number] = reply
        return replies

    def call_everywhere(self, wanted: Sequence[Command]) -> list[Any]:
        """The replies of each server that holds anything and has not fallen, or `Unsent`."""
        self._lookout.look()
        layout = self._lookout.layout
        servers = layout.servers - layout.fallen or layout.servers
        return [it for server in servers for it in self._send_to(server, wanted)] or [Unsent()]

    def close(self) -> None:
        self._pools.close()

    def _send(self, wanted: Sequence[Command]) -> list[Any]:
        replies: list[Any] = [Unsent("nobody holds this now")] * len(wanted)
        for server, numbers in self._by_server(wanted).items():
            answers = self._send_to(server, [wanted[number] for number in numbers])
            for number, answer in zip(numbers, answers, strict=True):
                replies[number] = answer
        return replies

    def _by_server(self, wanted: Sequence[Command]) -> dict[Server, list[int]]:
        grouped: dict[Server, list[int]] = {}
        for number, command in enumerate(wanted):
            if server := self._lookout.layout.holder(key_of(command)):
                grouped.setdefault(server, []).append(number)
        return grouped

    def _send_to(self, server: Server, wanted: Sequence[Command]) -> list[Any]:
        try:
            with self._pools.link(server) as link:
                replies = exchange(link, wanted)
                if any(map(_is_undone, replies)):
                    self._lookout.doubt()
                    link.disconnect()
                return replies
        except CONNECTION_TROUBLE as error:
            self._lookout.doubt(server)
            return [error] * len(wanted)


def _is_undone(reply: Any) -> bool:
    return isinstance(reply, Exception) and (isinstance(reply, Unsent) or is_misplaced(reply))
