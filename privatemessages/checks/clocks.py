"""Whether all machines have one time: of messages, of sessions, of what expires."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name
from django.db import Error, connection

from ..conf import Settings
from .deployment import for_deployment

TOLERATED = 5.0  # s


@for_deployment
def check_clocks(_: Settings) -> Iterator[CheckMessage]:
    """Of those that answer; the other checks tell who does not."""
    try:
        if connection.vendor == "postgresql":
            yield from _compared("PostgreSQL", _ask_postgresql)
    except Error:
        pass


def _compared(name: str, ask: Callable[[], float]) -> Iterator[CheckMessage]:
    """`ask` tells seconds since 1970, at some moment before it returns."""
    before, theirs, after = time.time(), ask(), time.time()
    difference = max(before - theirs, theirs - after)
    if difference > TOLERATED:
        yield Warning(
            f"The clock of {name} and that of this machine differ by {difference:.0f} s.",
            hint="Have both set by NTP.",
            id="privatemessages.W013",
        )


def _ask_postgresql() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])
