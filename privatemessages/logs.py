"""How a line of the log is written: as JSON for programs, or plainly for people.

Nothing that somebody wrote stands there, nor what they sign in with. So of what callers hand on
beside their message only the fields below are taken, and of what went wrong only what is known to
say nothing of its data (`tracebacks`).
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from . import tracebacks

# Names for `extra=`. A message's id is the one that its client gave it.
FIELDS = (
    "connection",
    "person",
    "thread_id",  # a conversation's; `thread` is logging's own
    "message_id",
    "partition",
    "entry",
    "code",
    "seconds",
    "request_id",
    "status_code",
)

request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonFormatter(logging.Formatter):
    """One object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        content = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **_fields(record),
        }
        if error := _error(record):
            content["exception"] = tracebacks.text_of(error)
        return json.dumps(content, default=str)


class LineFormatter(logging.Formatter):
    """`shows_all`: tracebacks as Python writes them, for whoever tries it with made-up data."""

    def __init__(self, *, shows_all: bool = False) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")
        self._shows_all = shows_all

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        fields = [f"{name}={value}" for name, value in _fields(record).items()]
        return " ".join([super().formatMessage(record), *fields])

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return super().formatException(ei) if self._shows_all else tracebacks.text_of(ei[1])


def formatter(name: str) -> logging.Formatter:
    return JsonFormatter() if name == "json" else LineFormatter()


def _time(record: logging.LogRecord) -> str:
    """RFC 3339, in UTC."""
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    given = {"request_id": request_id.get() or None, **record.__dict__}
    return {name: given[name] for name in FIELDS if given.get(name) is not None}


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None
