"""What a worker counts, and how it is."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PREFIX = "privatemessages_"


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sockets = self._gauge("sockets", "Open sockets")
        self.handshakes = self._counter("handshakes", "Sockets that were greeted")
        self.handshakes_refused = self._counter("handshakes_refused", "By reason", ["reason"])
        self.accepted = self._counter("accepted", "Messages put into the outbox")
        self.errors = self._counter("errors", "Error frames, by code", ["code"])
        self.deliveries = self._counter("deliveries", "Frames handed to sockets")
        self.writes = self._counter("writes", "Writes to sockets")
        self.saved = self._counter("saved", "Entries answered by Django, by status", ["status"])
        self.save_failures = self._counter("save_failures", "Batches that failed")
        self.set_aside = self._counter("set_aside", "Entries that only failed")
        self.store_seconds = Histogram(
            PREFIX + "accept_to_store_seconds",
            "From accepted to stored",
            registry=self.registry,
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
        )
        self.leases = self._gauge("leases", "Partitions that this worker saves")
        self.slow_readers = self._counter("slow_readers", "Sockets cut because they did not read")
        self.silent = self._counter("silent_sockets", "Sockets that answered no ping")
        self.losses = self._counter("pubsub_losses", "Times that published frames may be missing")
        self.wipes = self._counter("redis_wipes", "Times that Redis had forgotten the outbox")
        self.refreshes = self._counter("refreshes", "People read again from the database")
        self.reviews = self._counter("reviews", "Threads whose members were read again")
        self.commands = self._counter("commands", "Commands, by outcome", ["outcome"])
        self.presence_failures = self._counter(
            "presence_failures", "Times that Redis did not take who is here"
        )

    def _counter(self, name: str, about: str, labels: list[str] | None = None) -> Counter:
        return Counter(PREFIX + name, about, labels or (), registry=self.registry)

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(PREFIX + name, about, registry=self.registry)
