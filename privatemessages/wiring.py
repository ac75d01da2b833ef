"""Where Django's side gets its broker: one for each process."""

from __future__ import annotations

import os
from functools import cache

from . import conf
from .broker.blocking import Broker


@cache
def broker() -> Broker:
    """Connected when first used. After `broker.cache_clear()` the settings are read again."""
    return Broker(conf.load())


# What another thread held when this process was forked, nobody would give back here.
os.register_at_fork(after_in_child=broker.cache_clear)
