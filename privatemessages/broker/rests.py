"""Who was waited for in vain is left alone for a moment, and then tried by one at a time.

Every page asks, and a page that waits has a thread: without this, a Redis behind which packets get
lost would soon have them all.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .failures import CONNECTION_TROUBLE, Unsent

REST = 1.0  # s
AT_ONCE = 0.25  # s; who failed later was waited for, and no patience is shorter


class Rest:
    """Of one server. Thread-safe. Who refuses at once is asked each time: nobody waits for that."""

    def __init__(self) -> None:
        self._entering = threading.Lock()
        self._until = 0.0  # monotonic, in s; without end while one tries

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Raises Unsent while it rests, or another tries whether it has to."""
        self._enter()
        began, until = time.monotonic(), 0.0
        try:
            yield
        except CONNECTION_TROUBLE:
            # By the clock: a name server, or the last of several addresses, may refuse after long.
            if (ended := time.monotonic()) > began + AT_ONCE:
                until = ended + REST
            raise
        finally:
            self._until = until

    def _enter(self) -> None:
        with self._entering:
            if time.monotonic() < self._until:
                raise Unsent("it did not answer a moment ago", cause=TimeoutError())
            if self._until:
                self._until = math.inf
