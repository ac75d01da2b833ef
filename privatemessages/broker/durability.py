"""Whether this Redis keeps what it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

KEEPING = "noeviction"  # a maxmemory-policy

SECTIONS = (("INFO", "memory"), ("INFO", "persistence"), ("INFO", "server"))
MICROSECONDS = 1_000_000  # in a second


@dataclass(frozen=True)
class Durability:
    eviction: str  # the maxmemory-policy; only KEEPING keeps the outbox
    append_only: bool  # whether it survives a restart
    # What time it is at each server, in s since 1970.
    clocks: tuple[float, ...] = field(default=(), compare=False)

    @property
    def warnings(self) -> list[str]:
        found = []
        if self.eviction != KEEPING:
            found.append(f"Redis may evict the outbox: maxmemory-policy is {self.eviction}.")
        if not self.append_only:
            found.append("Redis forgets the outbox when it restarts: appendonly is off.")
        return found


def durability_of(infos: Sequence[bytes]) -> Durability:
    """The worst of all, from replies to INFO, whose sections hosted Redis allows too."""
    facts = [
        tuple(line.split(":", 1))
        for info in infos
        for line in info.decode().splitlines()
        if ":" in line
    ]
    policies = {value for name, value in facts if name == "maxmemory_policy"}
    appending = {value for name, value in facts if name == "aof_enabled"}
    worst = sorted(policies - {KEEPING}) or sorted(policies) or ["unknown"]
    clocks = tuple(int(value) / MICROSECONDS for name, value in facts if name == "server_time_usec")
    return Durability(eviction=worst[0], append_only=appending == {"1"}, clocks=clocks)
