"""Whether Redis keeps what was spoken until it is stored."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name

from ..conf import Settings
from ..errors import Unavailable
from ..wiring import broker
from .deployment import for_deployment

HINT = "Set maxmemory-policy noeviction and appendonly yes in redis.conf."


@for_deployment
def check_redis(_: Settings) -> Iterator[CheckMessage]:
    try:
        found = broker().durability().warnings
    except Unavailable as error:
        found = [f"Redis cannot be asked whether it keeps the outbox: {error}"]
    for text in found:
        yield Warning(text, hint=HINT, id="privatemessages.W002")
