"""How a database is used, beyond where it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

SQLITE = "django.db.backends.sqlite3"
LOCK_WAIT = 20  # seconds that a writer waits for another one in SQLite
CONNECTION_LIFE = 60  # seconds
CONNECT_TIMEOUT = 5  # seconds


def sqlite(path: Path) -> dict[str, Any]:
    return {"ENGINE": SQLITE, "NAME": str(path)}


def database(given: Mapping[str, Any], *, keeps_connections: bool) -> dict[str, Any]:
    """`given` is what DATABASE_URL says; its own options count more than ours."""
    own = _for_sqlite(given) if given["ENGINE"] == SQLITE else _for_servers(keeps_connections)
    return {**own, **given, "OPTIONS": {**own["OPTIONS"], **given.get("OPTIONS", {})}}


def _for_sqlite(given: Mapping[str, Any]) -> dict[str, Any]:
    """Made for many writers, and its folder made too."""
    Path(given["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": LOCK_WAIT,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    return {"OPTIONS": options}


def _for_servers(keeps_connections: bool) -> dict[str, Any]:
    return {
        "CONN_MAX_AGE": CONNECTION_LIFE if keeps_connections else 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": CONNECT_TIMEOUT},
    }
