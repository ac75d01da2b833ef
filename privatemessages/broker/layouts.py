"""Which server holds which key, as far as is known.

Redis Cluster specification: "Key distribution model", "CLUSTER SLOTS". Where there is one server,
or one master whom sentinels watch over, it holds everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from redis.crc import key_slot

from .addresses import Address, Server
from .commands import Command

SLOTS = 16_384


class Layout(Protocol):
    """`servers` are those that hold anything; `fallen` of them, by what the others agree on."""

    @property
    def servers(self) -> frozenset[Server]: ...

    @property
    def fallen(self) -> frozenset[Server]: ...

    def holder(self, key: str) -> Server | None: ...


@dataclass(frozen=True)
class Whole:
    """All of it at one server, or at none that is known."""

    server: Server | None

    @property
    def servers(self) -> frozenset[Server]:
        return frozenset() if self.server is None else frozenset({self.server})

    @property
    def fallen(self) -> frozenset[Server]:
        return frozenset()

    def holder(self, key: str) -> Server | None:
        return self.server


@dataclass(frozen=True)
class Shared:
    """The holder of each slot."""

    holders: tuple[Server | None, ...]
    servers: frozenset[Server]
    fallen: frozenset[Server]

    def holder(self, key: str) -> Server | None:
        return self.holders[slot_of(key)]


def slot_of(key: str) -> int:
    return key_slot(key.encode())


def key_of(command: Command) -> str:
    """The first one; all keys of a command of ours lie in one slot."""
    return str(command[3] if command[0] == "EVAL" else command[1])


def initial(address: Address) -> Layout:
    return Whole(address.hosts[0] if address.kind == "single" else None)


def shared(slots: Iterable[Any], nodes: bytes, asked: Server) -> Shared:
    """From the replies to CLUSTER SLOTS and CLUSTER NODES.

    A node that does not know its own name gives none.
    """
    fallen_ids, fallen = set(_fallen(nodes)), set[Server]()
    holders: list[Server | None] = [None] * SLOTS
    for first, last, (host, port, node_id, *_), *_replicas in slots:
        holder = Server(host.decode() if host else asked.host, port)
        holders[first : last + 1] = [holder] * (last + 1 - first)
        if node_id in fallen_ids:
            fallen.add(holder)
    servers = frozenset(holder for holder in holders if holder)
    return Shared(tuple(holders), servers, frozenset(fallen))


def _fallen(nodes: bytes) -> Iterator[bytes]:
    """Their ids. One line for each: id, address, flags, ...; "fail?" is one node's guess alone."""
    for line in nodes.splitlines():
        node_id, _, flags, *_ = line.split()
        if b"fail" in flags.split(b","):
            yield node_id
