"""What one Django process counts, in a registry of its own beside whatever the project counts."""

from __future__ import annotations

import platform

from prometheus_client import CollectorRegistry, Counter, Histogram

from . import __version__, protocol

REGISTRY = CollectorRegistry()

# Upper bounds of histograms, in seconds: for what is done in memory, and for what waits for others.
FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(f"privatemessages_{name}", about, labels, registry=REGISTRY)


batched = _counter("batched", "Messages that workers gave to the database, by outcome", "status")
untold = _counter("untold", "Frames that could not be published after a commit")
changes = _counter("changes", "Times that a client caught up, and whether it got all", "complete")
sign_ins_refused = _counter("sign_ins_refused", "Names and passwords that did not fit")
requests = _counter("requests", "Requests to the messenger", "view", "method", "status")
request_seconds = Histogram(
    "privatemessages_request_seconds",
    "From a request to its response",
    ["view"],
    registry=REGISTRY,
    buckets=SLOW,
)

# Shown from the start, because a rate needs a zero to rise from.
for _status in ("stored", "duplicate", "refused"):
    batched.labels(_status)
for _complete in ("true", "false"):
    changes.labels(_complete)


def build() -> dict[str, str]:
    """What is told of the code that runs."""
    return {
        "version": __version__,
        "protocol": str(protocol.PROTOCOL),
        "python": platform.python_version(),
    }
