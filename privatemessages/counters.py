"""What Django's processes count, in a registry of its own beside whatever the project counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()

saved = Counter(
    "privatemessages_saved",
    "Messages that were given to the database, by what came of it",
    ["outcome"],
    registry=REGISTRY,
)
untold = Counter(
    "privatemessages_untold",
    "Frames that could not be published after the commit",
    registry=REGISTRY,
)
