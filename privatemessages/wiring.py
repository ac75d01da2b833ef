"""Where Django's side gets its broker: one for each process."""

from __future__ import annotations

from functools import cache

from . import conf
from .broker.blocking import Broker


@cache
def broker() -> Broker:
    """Connected when first used. After `broker.cache_clear()` the settings are read again."""
    return Broker(conf.load())
