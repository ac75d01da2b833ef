"""Whether this Redis keeps what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Durability:
    eviction: str  # the maxmemory-policy; only noeviction keeps the outbox
    append_only: bool  # whether it survives a restart

    @property
    def warnings(self) -> list[str]:
        found = []
        if self.eviction != "noeviction":
            found.append(f"Redis may evict the outbox: maxmemory-policy is {self.eviction}.")
        if not self.append_only:
            found.append("Redis forgets the outbox when it restarts: appendonly is off.")
        return found


def durability_of(memory: Mapping[str, Any], persistence: Mapping[str, Any]) -> Durability:
    """From the sections `memory` and `persistence` of INFO, which hosted Redis allows too."""
    return Durability(
        eviction=str(memory.get("maxmemory_policy", "unknown")),
        append_only=bool(int(persistence.get("aof_enabled", 0))),
    )
