"""What a worker counts, and how it is. docs/deploying.md says what to make of it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

from .. import errors
from ..counters import FAST, SLOW, build
from ..protocol import CloseCode
from .lag import Lag
from .timing import Timing

PREFIX = "privatemessages_"

LEFT, BROKEN = "left", "broken"  # a socket that its client closed, and one that just ended
ORIGIN, DRAINING = "origin", "draining"  # why a handshake was refused before a socket was made

ENDS = [*(code.name.lower() for code in CloseCode), LEFT, BROKEN]
REFUSALS = [
    *(ORIGIN, DRAINING, LEFT),
    CloseCode.NOT_SIGNED_IN.name.lower(),
    CloseCode.FORBIDDEN.name.lower(),
    CloseCode.TOO_MANY_SOCKETS.name.lower(),
    CloseCode.FLOOD.name.lower(),
    CloseCode.FAILED.name.lower(),
]
CODES = [
    errors.Malformed.code,
    errors.UnknownType.code,
    errors.Empty.code,
    errors.TooLong.code,
    errors.BadText.code,
    errors.NotFound.code,
    errors.MayNotPost.code,
    errors.RateLimited.code,
    errors.Unavailable.code,
]
STATUSES = ["stored", "duplicate", "refused"]
BATCHES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # messages


class Metrics:
    """Labels take values from these lists, or from the code: never from what people send."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info(PREFIX + "build", "What runs here", registry=self.registry).info(build())
        self._count_sockets()
        self._count_messages()
        self._count_saving()
        self._count_troubles()
        self._measure_state()

    def _count_sockets(self) -> None:
        self.sockets = self._gauge("sockets", "Open sockets")
        self.handshakes = self._counter("handshakes", "Sockets that were greeted")
        self.handshakes_refused = self._labelled(
            "handshakes_refused", "Sockets that were not greeted, by reason", "reason", REFUSALS
        )
        self.closed = self._labelled("closed", "Greeted sockets that ended, by how", "how", ENDS)
        self.slow_readers = self._counter("slow_readers", "Sockets cut because they did not read")
        self.silent = self._counter("silent_sockets", "Sockets that answered no ping")

    def _count_messages(self) -> None:
        self.accepted = self._counter("accepted", "Messages put into the outbox")
        self.errors = self._labelled("errors", "Error frames, by code", "code", CODES)
        self.deliveries = self._counter("deliveries", "Frames handed to sockets")
        self.writes = self._counter("writes", "Writes to sockets")
        self.commands = self._labelled(
            "commands", "Commands, by outcome", "outcome", ["done", "refused", "failed"]
        )
        deliver_seconds = self._histogram(
            "accept_to_deliver_seconds", "From accepted to written to sockets here", FAST
        )
        self.timing = Timing(deliver_seconds.observe, time.monotonic)

    def _count_saving(self) -> None:
        self.saved = self._labelled("saved", "Entries that Django answered", "status", STATUSES)
        self.save_failures = self._counter("save_failures", "Batches that failed")
        self.set_aside = self._counter("set_aside", "Entries that only failed")
        self.store_seconds = self._histogram(
            "accept_to_store_seconds", "From accepted to stored", SLOW
        )
        self.batches = self._histogram("save_batch_messages", "Messages in a batch", BATCHES)
        self.batch_seconds = self._histogram("save_seconds", "One batch, answered or not", SLOW)
        self.leases = self._gauge("leases", "Partitions that this worker saves")

    def _count_troubles(self) -> None:
        self.losses = self._counter("pubsub_losses", "Times that published frames may be missing")
        self.wipes = self._counter("redis_wipes", "Times that Redis may have forgotten messages")
        self.refreshes = self._counter("refreshes", "People read again from the database")
        self.reviews = self._counter("reviews", "Threads whose members were read again")
        self.presence_failures = self._counter(
            "presence_failures", "Times that Redis did not take who is here"
        )

    def _measure_state(self) -> None:
        lag = self._histogram("loop_lag_seconds", "How late the event loop is, 4 times a s", FAST)
        self.lag = Lag(lag.observe)
        self.ready = self._gauge("ready", "Whether /readyz says so")
        self.draining = self._gauge("draining", "Whether this worker is on its way out")
        self.redis_up = self._gauge("redis_up", "Whether all of Redis answers")
        self.waiting = self._gauge("outbox_waiting", "Messages spoken and not stored")
        self.oldest = self._gauge("outbox_oldest_seconds", "Age of the oldest of them")
        self.dead = self._gauge("outbox_set_aside", "Messages that only failed")

    def _counter(self, name: str, about: str) -> Counter:
        return Counter(PREFIX + name, about, registry=self.registry)

    def _labelled(self, name: str, about: str, label: str, values: Iterable[str]) -> Counter:
        """Shown from the start, because a rate needs a zero to rise from."""
        counter = Counter(PREFIX + name, about, [label], registry=self.registry)
        for value in values:
            counter.labels(value)
        return counter

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(PREFIX + name, about, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: Iterable[float]) -> Histogram:
        return Histogram(PREFIX + name, about, registry=self.registry, buckets=tuple(buckets))
