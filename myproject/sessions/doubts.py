"""What could not be told at once is told in the background."""

import threading
import time
from collections.abc import Callable

from myproject.sessions.connections import Away

INTERVAL = 1.0  # seconds between two tries


class Doubts:
    """Tries again until each is told, or until it no longer matters."""

    def __init__(self, tell: Callable[[str], None], seconds: float) -> None:
        self._tell = tell
        self._seconds = seconds  # after which no copy is left
        self._waiting: dict[str, float] = {}  # session key: until when, on the monotonic clock
        self._lock = threading.Lock()
        self._is_running = False

    def add(self, session_key: str) -> None:
        with self._lock:
            self._waiting[session_key] = time.monotonic() + self._seconds
            if not self._is_running:
                threading.Thread(target=self._run, name="session doubts", daemon=True).start()
                self._is_running = True

    def _run(self) -> None:
        while self._still_waiting():
            time.sleep(INTERVAL)
            self._tell_waiting()

    def _still_waiting(self) -> bool:
        """Decided together with the end of the thread, so that none is added in between."""
        with self._lock:
            now = time.monotonic()
            self._waiting = {key: until for key, until in self._waiting.items() if until > now}
            self._is_running = bool(self._waiting)
            return self._is_running

    def _tell_waiting(self) -> None:
        with self._lock:
            waiting = list(self._waiting.items())
        for session_key, until in waiting:
            try:
                self._tell(session_key)
            except Away:
                return
            with self._lock:
                # It may have been added again since, for a doubt of its own.
                if self._waiting.get(session_key) == until:
                    del self._waiting[session_key]
