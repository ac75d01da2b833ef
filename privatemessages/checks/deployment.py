"""Registers a check for `check --deploy` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.checks import CheckMessage, register

from .. import conf
from ..broker import addresses

Check = Callable[[conf.Settings], Iterable[CheckMessage]]


def for_deployment(check: Check) -> Check:
    """Says nothing where the settings cannot be read: privatemessages.E001 or E006 does."""

    def run(**_: Any) -> list[CheckMessage]:
        try:
            settings = conf.load()
            addresses.parse(settings.REDIS_URL)
        except (TypeError, ValueError):
            return []
        return list(check(settings))

    register(run, deploy=True)
    return check
