"""Who holds what now, for processes with threads: asked when it is in doubt, or was long ago."""

from __future__ import annotations

import logging
import threading
import time

from redis.exceptions import RedisError

from .addresses import Address, Server
from .discovery import LIFETIME, PAUSE, Discovery, Found, newest
from .failures import CONNECTION_TROUBLE
from .layouts import initial
from .pools import ask

ENOUGH = 1.5  # times the patience with one of them, after which nobody else is asked
BRIEF = 0.1  # s; where asking took longer, one thread asks, and the others go by what is known

logger = logging.getLogger(__name__)


class Lookout:
    """Thread-safe. `patience` is in seconds, for each who is asked; `layout` is replaced."""

    def __init__(self, address: Address, patience: float) -> None:
        self.layout = initial(address)
        self._patience = patience
        self._kind = address.kind
        self._discovery = Discovery(address)
        self._asking = threading.Lock()
        self._asked_at = self._believed_until = 0.0  # monotonic, in s
        self._is_slow = False
        self._silent_at: dict[Server, float] = {}  # when they were asked in vain, on the same clock

    def doubt(self, silent: Server | None = None) -> None:
        """Something contradicted the layout, or somebody in it did not answer: asked last then."""
        if silent:
            self._silent_at[silent] = time.monotonic()
        self._believed_until = 0.0

    def look(self) -> bool:
        """Whether somebody was asked."""
        if not self._discovery.needed or time.monotonic() < self._believed_until:
            return False
        if self._asking.acquire(blocking=not self._is_slow):
            try:
                self._look()
            finally:
                self._asking.release()
        return True

    def _look(self) -> None:
        began = time.monotonic()
        if began < max(self._believed_until, self._asked_at + PAUSE):
            return  # another thread has just done it
        layout = newest(self._ask())
        self._asked_at = time.monotonic()
        self._is_slow = self._asked_at - began > BRIEF
        if layout:
            self.layout, self._believed_until = layout, self._asked_at + LIFETIME

    def _ask(self) -> list[Found]:
        """The first that is enough; otherwise what those know who are in reach.

        Where many do not answer, some are asked the next time: a person waits behind it.
        """
        found: list[Found] = []
        last = time.monotonic() + ENOUGH * self._patience
        for server in self._silent_ones_last():
            if time.monotonic() > last:
                break
            if answer := self._ask_one(server):
                found.append(answer)
                if self._is_enough(answer):
                    return [answer]
        return found

    def _silent_ones_last(self) -> list[Server]:
        candidates = self._discovery.candidates(self.layout.servers)
        return sorted(candidates, key=lambda it: self._silent_at.get(it, 0.0))

    def _ask_one(self, server: Server) -> Found | None:
        try:
            found = self._discovery.read(ask(server, self._discovery, self._patience), server)
        except (RedisError, *CONNECTION_TROUBLE) as error:
            logger.debug("%s does not say who holds what: %s", server, error)
            self._silent_at[server] = time.monotonic()
            return None
        self._silent_at.pop(server, None)
        return found

    def _is_enough(self, found: Found) -> bool:
        """A node that was cut off from its cluster knows it; a sentinel does not."""
        if self._kind == "cluster":
            return found.is_whole
        return self._believed_until > 0 and found.layout == self.layout
