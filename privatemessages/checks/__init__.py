"""What a project lacks, said before a server starts; and with `check --deploy` what it forgot.

What `check --deploy` says asks Redis, the database and Django itself, as they run.
"""

from . import (
    clocks,
    database,
    durability,
    files,
    keys,
    origins,
    project,
    saving,
    sessions,
    settings,
)

__all__ = [
    "clocks",
    "database",
    "durability",
    "files",
    "keys",
    "origins",
    "project",
    "saving",
    "sessions",
    "settings",
]
