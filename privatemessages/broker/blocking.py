"""The client of Django's processes: tells what was stored, and looks at the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from .. import protocol
from ..conf import Settings
from . import addresses, commands, keys, presence
from .commands import Command
from .durability import SECTIONS, Durability, durability_of
from .entries import Entry
from .failures import checked
from .outboxes import Outboxes
from .servers import Servers
from .set_aside import SetAsides

TELL_TIMEOUT = 2.0  # s; a person waits behind it


@dataclass(frozen=True)
class OutboxState:
    waiting: int
    oldest: int | None  # ms since 1970, when it was accepted
    dead: int


class Broker:
    """Thread-safe: each call has a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._partitions = settings.PARTITIONS
        self._workers: list[str] = []  # those that were listed when it was asked last
        address = addresses.parse(settings.REDIS_URL)
        self._telling = commands.telling(address)
        self._servers = Servers(address, TELL_TIMEOUT)
        self.outboxes = Outboxes(self._call, settings.PARTITIONS)
        self.set_asides = SetAsides(self._call, settings.PARTITIONS)

    def tell_thread(self, thread_id: int, *frames: protocol.Frame) -> None:
        """Raises Unavailable."""
        self.publish([(self.thread_channel(thread_id), frame) for frame in frames])

    def tell_person(self, user_id: str, *frames: protocol.Frame) -> None:
        """Raises Unavailable."""
        self.publish([(keys.user_channel(user_id), frame) for frame in frames])

    def publish(self, told: Iterable[tuple[str, protocol.Frame]]) -> None:
        """All of it in one round trip, in this order; raises Unavailable."""
        frames = [(channel, protocol.encode(frame)) for channel, frame in told]
        self._call([commands.publish(self._telling, channel, frame) for channel, frame in frames])

    def thread_channel(self, thread_id: int) -> str:
        return keys.thread_channel(thread_id, self._partitions)

    def user_channel(self, user_id: str) -> str:
        return keys.user_channel(user_id)

    def outbox_state(self) -> OutboxState:
        """Raises Unavailable."""
        partitions = range(self._partitions)
        waiting = self._call([commands.length(keys.outbox(number)) for number in partitions])
        dead = self._call([commands.length(keys.dead(number)) for number in partitions])
        oldest = [entry.accepted_at for entry in self._first_entries()]
        return OutboxState(sum(waiting), min(oldest, default=None), sum(dead))

    def _first_entries(self) -> list[Entry]:
        return self._entries([commands.read_outbox(number, 1) for number in self._all()])

    def present(self, thread_ids: Iterable[int]) -> dict[int, set[str]]:
        """The ids of those who have a socket at any worker, by thread; raises Unavailable.

        Of groups and rooms. Who left them a moment ago may be among those found.
        """
        wanted = list(dict.fromkeys(thread_ids))
        if not wanted:
            return {}
        answers, _ = self._ask_workers(wanted)
        return presence.union(wanted, answers)

    def whereabouts(self, user_ids: Iterable[str]) -> dict[str, protocol.Presence]:
        """Of each of these people, whatever they show of it; raises Unavailable."""
        wanted = list(dict.fromkeys(user_ids))
        if not wanted:
            return {}
        fields = [presence.of_person(user_id) for user_id in wanted]
        answers, [seen] = self._ask_workers(fields, presence.ask_seen(wanted))
        here = presence.union(fields, answers)
        return {
            user_id: _presence(moment, here=bool(here[field]))
            for user_id, field, moment in zip(wanted, fields, seen, strict=True)
        }

    def forget_seen(self, user_id: str) -> None:
        """When this person was here last; raises Unavailable."""
        self._call([presence.forget_seen(user_id)])

    def _ask_workers(
        self, fields: Sequence[presence.Field], *also: Command
    ) -> tuple[list[Any], list[Any]]:
        """What each worker tells of these, and the replies to something else.

        In one round trip, unless a worker is new.
        """
        known = self._workers
        asked = [presence.ask(worker, fields) for worker in known]
        listed, *replies = self._call([presence.list_workers(), *also, *asked])
        self._workers = [worker.decode() for worker in listed]
        new = [worker for worker in self._workers if worker not in known]
        late = self._call([presence.ask(worker, fields) for worker in new]) if new else []
        return [*replies[len(also) :], *late], replies[: len(also)]

    def ping(self) -> None:
        """Raises Unavailable."""
        _checked(self._servers.call_everywhere([("PING",)]))

    def durability(self) -> Durability:
        """Raises Unavailable."""
        return durability_of(_checked(self._servers.call_everywhere(SECTIONS)))

    def close(self) -> None:
        self._servers.close()

    def _all(self) -> range:
        return range(self._partitions)

    def _entries(self, reads: Sequence[Command]) -> list[Entry]:
        return [Entry.of(raw) for reply in self._call(reads) for raw in reply]

    def _call(self, wanted: Sequence[Command]) -> list[Any]:
        return _checked(self._servers.call(wanted))


def _checked(replies: Sequence[object]) -> list[Any]:
    return [cast(Any, checked(reply)) for reply in replies]


def _presence(seen: bytes | None, *, here: bool) -> protocol.Presence:
    seen_at = None if here or seen is None else int(float(seen))
    return protocol.Presence(here=here, seen_at=seen_at)
