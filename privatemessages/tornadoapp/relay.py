"""From pub/sub to the sockets: which channels are subscribed, and where their frames go."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from .. import protocol
from ..broker import keys
from ..broker.subscriptions import Subscriptions
from ..errors import Malformed
from .connections import Connection, Person
from .delivery import text_frame
from .discretion import OF_PEOPLE, audiences
from .hub import Hub
from .monitoring import Metrics

LINGER = 30.0  # s that a channel outlives its last socket: a reload comes back at once

logger = logging.getLogger(__name__)


class Relay:
    def __init__(  # noqa: PLR0913, PLR0917 - what is published sets all this in motion
        self,
        hub: Hub,
        partitions: int,
        metrics: Metrics,
        on_control: Callable[[Person, protocol.Control], None],
        on_thread_changed: Callable[[int], None],
        on_wake: Callable[[int], None],
        on_leases_free: Callable[[], None],
    ) -> None:
        self._hub = hub
        self._partitions = partitions
        self._metrics = metrics
        self._on_control = on_control
        self._on_thread_changed = on_thread_changed
        self._on_wake = on_wake
        self._on_leases_free = on_leases_free
        self._lingering: deque[tuple[float, str]] = deque()
        self._in_use: Counter[str] = Counter()  # by those who do not listen yet

    def carry(self, channel: str, frame: bytes) -> None:
        """One published frame to whom it concerns."""
        kind, name = keys.subject_of(channel)
        if kind == "thread":
            self._to_thread(int(name), frame)
        elif kind == "user":
            self._to_person(name, frame)
        elif kind == "leases":
            self._on_leases_free()
        else:
            self._on_wake(int(name))

    def channels(self, user_id: str, thread_ids: Iterable[int]) -> list[str]:
        threads = [keys.thread_channel(thread_id, self._partitions) for thread_id in thread_ids]
        return [keys.user_channel(user_id), *threads]

    def linger(self, user_id: str, thread_ids: Iterable[int]) -> None:
        """The last socket for these may have gone: unsubscribe later, unless one comes back."""
        due = asyncio.get_running_loop().time() + LINGER
        self._lingering.extend((due, channel) for channel in self.channels(user_id, thread_ids))

    @contextmanager
    def in_use(self, user_id: str, thread_id: int) -> Iterator[None]:
        """The thread's channel is not dropped meanwhile, and lingers where nobody listens then."""
        channels = Counter(self.channels(user_id, [thread_id]))
        self._in_use += channels
        try:
            yield
        finally:
            self._in_use -= channels
            self.linger(user_id, self._hub.unheard([thread_id]))

    def drop_unused(self, subscriptions: Subscriptions, now: float) -> None:
        while self._lingering and self._lingering[0][0] <= now:
            _, channel = self._lingering.popleft()
            if not self._used(channel):
                subscriptions.unsubscribe([channel])

    def _used(self, channel: str) -> bool:
        if channel in self._in_use:
            return True
        kind, name = keys.subject_of(channel)
        if kind == "user":
            return self._hub.person(name) is not None
        return bool(self._hub.listeners(int(name)))

    def _to_thread(self, thread_id: int, frame: bytes) -> None:
        # A copy: one that has stopped reading leaves the hub while it is told.
        listeners = tuple(self._hub.listeners(thread_id))
        if frame.startswith(OF_PEOPLE):
            for shown, those in audiences(frame, listeners):
                self._to_all(those, shown)
            return
        self._to_all(listeners, frame)
        self._metrics.timing.relayed(thread_id, frame)
        if frame.startswith(protocol.THREAD_CHANGED):
            self._on_thread_changed(thread_id)

    def _to_all(self, connections: Sequence[Connection], frame: bytes) -> None:
        framed = text_frame(frame)
        self._metrics.deliveries.inc(len(connections))
        for connection in connections:
            connection.relay(frame, framed)

    def _to_person(self, user_id: str, frame: bytes) -> None:
        person = self._hub.person(user_id)
        if person is None:
            return
        try:
            self._on_control(person, protocol.parse_control(frame))
        except Malformed:
            logger.warning("An event of another version was ignored.")
