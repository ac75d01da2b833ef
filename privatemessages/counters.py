"""What one Django process counts, in a registry of its own beside whatever the project counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()

batched = Counter(
    "privatemessages_batched",
    "Messages that workers gave to the database, by what came of it",
    ["status"],
    registry=REGISTRY,
)
untold = Counter(
    "privatemessages_untold",
    "Frames that could not be published after a commit",
    registry=REGISTRY,
)
