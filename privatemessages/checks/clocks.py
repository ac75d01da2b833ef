"""Whether all machines have one time: of messages, of sessions, of what expires."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name
from django.db import Error, connection

from ..conf import Settings
from ..errors import Unavailable
from ..wiring import broker
from .deployment import for_deployment

TOLERATED = 5.0  # s


@for_deployment
def check_clocks(_: Settings) -> Iterator[CheckMessage]:
    """Of those that answer; the other checks tell who does not."""
    for name, ask in CLOCKS.items():
        before = time.time()
        try:
            told = list(ask())
        except (Error, Unavailable):
            continue
        yield from _compared(name, told, before, time.time())


def _compared(
    name: str, told: Iterable[float], before: float, after: float
) -> Iterator[CheckMessage]:
    """Each was read between `before` and `after`; all in seconds since 1970."""
    difference = max((max(before - it, it - after) for it in told), default=0)
    if difference > TOLERATED:
        yield Warning(
            f"The clock of {name} and that of this machine differ by {difference:.0f} s.",
            hint="Have both set by NTP.",
            id="privatemessages.W013",
        )


def _ask_postgresql() -> Iterator[float]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            yield float(cursor.fetchone()[0])


def _ask_redis() -> Iterable[float]:
    return broker().durability().clocks


CLOCKS: dict[str, Callable[[], Iterable[float]]] = {
    "PostgreSQL": _ask_postgresql,
    "Redis": _ask_redis,
}
