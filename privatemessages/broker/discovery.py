"""Who is asked which server holds what, with which commands, and what the replies mean.

For both clients, without I/O. Redis: "Guidelines for Redis clients with support for Redis
Sentinel"; Redis Cluster specification: "Client first connection and handling of redirections".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from redis.exceptions import RedisError

from .addresses import Access, Address, Server
from .commands import Command
from .layouts import Layout, Whole, shared

ASKED_AT_ONCE = 5  # sentinels or nodes
ASK_TIMEOUT = 1.0  # s for each of them
PAUSE = 0.25  # s from one asking to the next, however much there is to doubt
LIFETIME = 5.0  # s that an answer is believed while nothing contradicts it


@dataclass(frozen=True)
class Found:
    """What one of them says; the greater `age` is the newer, as they number their elections."""

    age: tuple[bool, int]
    layout: Layout

    @property
    def is_whole(self) -> bool:
        return self.age[0]


class Discovery:
    """`access` is how those are reached who are asked; `questions` go to each in one go."""

    def __init__(self, address: Address) -> None:
        self._address = address
        by_sentinels = address.kind == "sentinel"
        self.access: Access = address.sentinel_access if by_sentinels else address.access
        self.questions = _sentinels(address.service) if by_sentinels else NODES

    @property
    def needed(self) -> bool:
        return self._address.kind != "single"

    def candidates(self, known: Iterable[Server]) -> list[Server]:
        """In a cluster those of now come first: the ones of REDIS_URL may be long gone."""
        others = sorted(known) if self._address.kind == "cluster" else []
        return list(dict.fromkeys([*others, *self._address.hosts]))

    def read(self, replies: Sequence[Any], asked: Server) -> Found:
        """Raises RedisError for what is no answer."""
        try:
            if self._address.kind == "sentinel":
                return _master(replies[0], replies[1])
            return _masters(replies[0], shared(replies[1], replies[2], asked))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise RedisError(f"{asked} knows no master of ours") from error


def newest(found: Iterable[Found]) -> Layout | None:
    """A minority that was cut off goes on telling what was."""
    best = max(found, key=attrgetter("age"), default=None)
    return best.layout if best else None


# Redis 7 has another command for the second, and keeps this one.
NODES: tuple[Command, ...] = (("CLUSTER", "INFO"), ("CLUSTER", "SLOTS"), ("CLUSTER", "NODES"))


def _sentinels(service: str) -> tuple[Command, ...]:
    """The first names a new master as soon as it is promoted, the second says which election."""
    named: Command = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", service)
    return named, ("SENTINEL", "MASTER", service)


def _master(named: Sequence[bytes], about: Sequence[bytes]) -> Found:
    host, port = named
    facts = dict(zip(about[::2], about[1::2], strict=True))
    election = int(facts.get(b"config-epoch", 0))
    return Found((True, election), Whole(Server(host.decode(), int(port))))


def _masters(info: bytes, layout: Layout) -> Found:
    facts = dict(line.split(b":", 1) for line in info.split(b"\r\n") if b":" in line)
    election = int(facts[b"cluster_current_epoch"])
    return Found((facts[b"cluster_state"] == b"ok", election), layout)
