"""Every variable that the site reads. The table in docs/deploying.md is made from this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from myproject.environment.kinds import (
    COUNT,
    DATABASE,
    FLAG,
    FORMAT,
    LEVEL,
    LIST,
    PORT,
    REDIS,
    SOCKETS,
    TEXT,
    WEB,
    Kind,
    kind_of,
)
from privatemessages.conf import Settings

DEFAULT_PORT = 8000
DEFAULT_TORNADO_PORT = 8888


@dataclass(frozen=True)
class Variable:
    """A secret one may be given as a file too, by the same name with `_FILE`.

    `otherwise` tells a default that depends on something; `default` is None then, and the
    settings decide.
    """

    name: str
    kind: Kind
    default: Any
    about: str
    is_secret: bool = False
    otherwise: str = ""

    @property
    def file(self) -> str:
        """The variable with a file's path; "" where there is none."""
        return f"{self.name}_FILE" if self.is_secret else ""


SITE = [
    Variable(
        "SECRET_KEY",
        TEXT,
        None,
        "Signs sessions and more; at least 50 random characters",
        is_secret=True,
        otherwise="made up in development, needed in production",
    ),
    Variable(
        "SECRET_KEY_FALLBACKS",
        LIST,
        [],
        "Earlier SECRET_KEYs that are still accepted",
        is_secret=True,
    ),
    Variable(
        "ALLOWED_HOSTS",
        LIST,
        [],
        "Host names of the site; workers save under the first one",
        otherwise="this machine in development, needed in production",
    ),
    Variable(
        "DEBUG",
        FLAG,
        None,
        "Development: errors are shown, files are served as they are written",
        otherwise="off, unless manage.py is started by hand and nothing of production is set",
    ),
    Variable(
        "DATABASE_URL",
        DATABASE,
        None,
        "Where messages are stored",
        is_secret=True,
        otherwise="SQLite in `var/`",
    ),
    Variable(
        "SESSION_REDIS_URL",
        REDIS,
        None,
        "Where copies of sessions are kept",
        is_secret=True,
        otherwise="`REDIS_URL`",
    ),
    Variable(
        "HTTPS",
        FLAG,
        None,
        "Whether a proxy ends TLS: cookies go over https alone, and X-Forwarded-Proto counts",
        otherwise="on, unless `DEBUG`",
    ),
    Variable(
        "SESSION_COOKIE_DOMAIN",
        TEXT,
        "",
        "Where the session's cookie goes, such as example.com, if sockets have another host name",
        otherwise="the page's own host alone",
    ),
    Variable(
        "CSRF_TRUSTED_ORIGINS",
        LIST,
        [],
        "Pages elsewhere that may post forms, such as https://example.com",
    ),
    Variable("STATIC_ROOT", TEXT, None, "Where collectstatic puts files", otherwise="`var/static`"),
    Variable("WEB_CONCURRENCY", COUNT, 3, "Processes of gunicorn, with eight threads each"),
    Variable("LOG_LEVEL", LEVEL, "INFO", "What is logged"),
    Variable(
        "LOG_FORMAT",
        FORMAT,
        None,
        "How it is logged: an object for programs or a line for people",
        otherwise="`json`, or `line` under `DEBUG`",
    ),
    Variable(
        "REQUEST_LOG_LEVEL", LEVEL, "INFO", "What is logged of requests and sockets in development"
    ),
    Variable("PORT", PORT, DEFAULT_PORT, "Where Django listens on this machine"),
    Variable(
        "TORNADO_PORT",
        PORT,
        DEFAULT_TORNADO_PORT,
        "Where the worker listens in development, where no proxy stands before it",
    ),
]

# What the site itself decides about settings of the messenger.
KINDS = {
    "REDIS_URL": REDIS,
    "SOCKET_URL": SOCKETS,
    "SEND_MESSAGE_API_URL": WEB,
    "COMMAND_API_URL": WEB,
}
OTHERWISE = {
    "API_KEY": "made up in development, needed in production",
    "REDIS_URL": "that of `make run` in development, else `redis://127.0.0.1:6379/0`",
    "SEND_MESSAGE_API_URL": "`http://127.0.0.1:PORT/messages/send_message_api/`",
    "SAVE_HOST": "the first of `ALLOWED_HOSTS` that is no wildcard",
    "SOCKET_PORT": "`TORNADO_PORT` in development",
}


def _of_the_messenger() -> list[Variable]:
    """One for each field of its settings."""
    return [
        Variable(
            name,
            KINDS.get(name) or kind_of(name, field),
            None if name in OTHERWISE else field.default,
            field.description or "",
            is_secret=not field.repr,
            otherwise=OTHERWISE.get(name, ""),
        )
        for name, field in Settings.model_fields.items()
    ]


VARIABLES = [*SITE, *_of_the_messenger()]
