"""Where Django's side gets its ways to Redis: one of each for each process."""

from __future__ import annotations

import os
from functools import cache

from . import conf
from .broker.blocking import Broker
from .errors import Unavailable
from .protocol import Frame
from .retries import Retries


@cache
def broker() -> Broker:
    """Connected when first used. After `broker.cache_clear()` the settings are read again."""
    return Broker(conf.load())


@cache
def untold() -> Retries[tuple[str, Frame]]:
    """Frames with their channels. After RECHECK workers have found out by themselves."""
    return Retries(lambda told: broker().publish([told]), Unavailable, conf.load().RECHECK)


# What another thread held when this process was forked, nobody would give back here.
os.register_at_fork(after_in_child=broker.cache_clear)
os.register_at_fork(after_in_child=untold.cache_clear)
