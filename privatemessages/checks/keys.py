"""Keys that can be guessed, and one that opens two doors."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from django.conf import settings as project
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name

from ..conf import Settings
from .deployment import for_deployment
from .settings import KEY_HINT

KEY_LENGTH = 20  # characters; fewer can be guessed


@for_deployment
def check_lengths(settings: Settings) -> Iterator[CheckMessage]:
    own = {
        "API_KEY": [settings.API_KEY],
        "API_KEY_FALLBACKS": settings.API_KEY_FALLBACKS,
        "PROGRAM_API_KEYS": settings.PROGRAM_API_KEYS,
    }
    for name, keys in own.items():
        if any(0 < len(key) < KEY_LENGTH for key in keys):
            yield Warning(
                f"{name} has fewer than {KEY_LENGTH} characters.",
                hint=KEY_HINT,
                id="privatemessages.W005",
            )


@for_deployment
def check_differences(settings: Settings) -> Iterator[CheckMessage]:
    doors = {
        "SECRET_KEY": {project.SECRET_KEY, *project.SECRET_KEY_FALLBACKS},
        "API_KEY": {settings.API_KEY, *settings.API_KEY_FALLBACKS},
        "PROGRAM_API_KEYS": set(settings.PROGRAM_API_KEYS),
    }
    for (name, keys), (other, others) in combinations(doors.items(), 2):
        if keys & others:
            yield Warning(
                f"{name} and {other} share a key, so whoever has the one has the other.",
                hint="Make a random text for each.",
                id="privatemessages.W007",
            )
