"""What could not be told at once is told in the background."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

INTERVAL = 1.0  # seconds between two tries

logger = logging.getLogger(__name__)

Told = TypeVar("Told", bound=Hashable)


class Retries(Generic[Told]):
    """Tells each again until `failure` is not raised, or for `seconds`, after which it no longer
    matters. Thread-safe. They end with the process."""

    def __init__(
        self, tell: Callable[[Told], None], failure: type[Exception], seconds: float
    ) -> None:
        self._tell = tell
        self._failure = failure
        self._seconds = seconds
        self._waiting: dict[Told, float] = {}  # until when, on the monotonic clock
        self._lock = threading.Lock()
        self._is_running = False

    def add(self, told: Told) -> None:
        with self._lock:
            self._waiting[told] = time.monotonic() + self._seconds
            if not self._is_running:
                threading.Thread(target=self._run, name="retries", daemon=True).start()
                self._is_running = True

    def _run(self) -> None:
        while self._still_waiting():
            time.sleep(INTERVAL)
            self._tell_waiting()

    def _still_waiting(self) -> bool:
        """Decided together with the end of the thread, so that none is added in between."""
        with self._lock:
            now = time.monotonic()
            self._waiting = {told: until for told, until in self._waiting.items() if until > now}
            self._is_running = bool(self._waiting)
            return self._is_running

    def _tell_waiting(self) -> None:
        with self._lock:
            waiting = list(self._waiting.items())
        for told, until in waiting:
            try:
                self._tell(told)
            except self._failure:
                return
            except Exception:
                # Loud, and given up: one that nobody expected would keep the others waiting.
                logger.exception("Something cannot be told at all")
            self._forget(told, until)

    def _forget(self, told: Told, until: float) -> None:
        with self._lock:
            # It may have been added again since, on an occasion of its own.
            if self._waiting.get(told) == until:
                del self._waiting[told]
