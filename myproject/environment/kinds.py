"""What a variable's text may be, and what is made of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_origin
from urllib.parse import urlsplit

import environ
from annotated_types import Ge, Gt, Le
from pydantic import Field, TypeAdapter
from pydantic.fields import FieldInfo

from privatemessages.broker import addresses
from privatemessages.conf import HEADER, HIGHEST_PORT, Settings
from privatemessages.hosts import may_hold_password

PLAIN = {str: "a text", int: "a whole number", float: "a number", bool: "True or False"}
FORMATS = ("json", "line")  # of the log


@dataclass(frozen=True)
class Kind:
    """`parse` raises ValueError for what is not as `words` say.

    Where it `explains`, the error is a sentence about REDIS_URL.
    """

    words: str
    parse: Callable[[str], Any]
    explains: bool = False


def kind_of(name: str, field: FieldInfo) -> Kind:
    """Of a setting of the messenger, with its bounds."""
    if get_origin(field.annotation) is list:
        return LIST
    return Kind(_words(field), lambda text: getattr(Settings.model_validate({name: text}), name))


def _words(field: FieldInfo) -> str:
    plain = next(kind for kind in PLAIN if kind == field.annotation or _may_be(field, kind))
    bounds = [words for bound in field.metadata for words in _bound(bound)]
    return " ".join([PLAIN[plain], *bounds])


def _may_be(field: FieldInfo, kind: type) -> bool:
    """Whether it is that or None."""
    return field.annotation == (kind | None)


def _bound(bound: object) -> list[str]:
    match bound:
        case Ge(ge):
            return [f"from {ge}"]
        case Le(le):
            return [f"to {le}"]
        case Gt(gt):
            return [f"above {gt}"]
    return ["in ASCII"] if getattr(bound, "pattern", None) == HEADER else []


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
            raise ValueError  # so does asking for a port that is no number
        if may_hold_password(url):
            raise ValueError
        return url

    return parse


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in environ.Env.DB_SCHEMES:
        raise ValueError
    if parts.scheme == "sqlite" and parts.netloc not in ("", ":memory:"):
        raise ValueError  # otherwise a warning would show it
    return dict(environ.Env.db_url_config(url))


def _format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError
    return text


def _redis(url: str) -> str:
    addresses.parse(url)
    return url


def _level(text: str) -> str:
    if text.upper() not in logging.getLevelNamesMapping():
        raise ValueError
    return text.upper()


LIST = Kind("a list, separated by commas", _list)
TEXT = Kind("a text", str)
FLAG = Kind("True or False", TypeAdapter(bool).validate_python)
COUNT = Kind("a whole number from 1", TypeAdapter(Annotated[int, Field(ge=1)]).validate_python)
PORT = Kind(
    f"a whole number from 1 to {HIGHEST_PORT}",
    TypeAdapter(Annotated[int, Field(ge=1, le=HIGHEST_PORT)]).validate_python,
)
DATABASE = Kind("a URL: postgresql://user:password@host:port/name or sqlite:////path", _database)
REDIS = Kind(
    "a URL: redis://…, rediss://…, redis+sentinel://… or redis+cluster://…", _redis, explains=True
)
WEB = Kind("a URL without a password: http://… or https://…", _url("http", "https"))
SOCKETS = Kind("a URL without a password: ws://… or wss://…", _url("ws", "wss"))
FORMAT = Kind("json or line", _format)
LEVEL = Kind("one of DEBUG, INFO, WARNING, ERROR or CRITICAL", _level)
