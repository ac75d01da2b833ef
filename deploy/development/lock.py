"""One `make run` in one folder: two would write over each other's files.

The lock's file says where the site is. Whoever holds the lock keeps it when it becomes another
program, and loses it when it ends in whatever way.
"""

import fcntl
import os
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "var" / "run.lock"


def hold(address: str) -> None:
    """Exits where another one is running here."""
    handle = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    _lock(handle)
    os.set_inheritable(handle, True)
    os.truncate(handle, 0)
    os.write(handle, address.encode())


def check() -> None:
    """The same, and holds nothing."""
    if LOCK.exists():
        with LOCK.open("rb+") as file:
            _lock(file.fileno())


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"make run is already running here: {LOCK.read_text()}")
