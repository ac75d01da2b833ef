"""What a project's settings lack, said before a server starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings as project
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.db import connections
from django.utils.module_loading import import_string
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from . import conf
from .errors import Unavailable
from .wiring import broker

REDIS_HINT = "Set maxmemory-policy noeviction and appendonly yes in redis.conf."
APPS = ("django.contrib.auth", "django.contrib.sessions")


@register
def check_settings(**_: Any) -> list[CheckMessage]:
    try:
        settings = conf.load()
    except ValidationError as error:
        return [_wrong_setting(problem) for problem in error.errors()]
    except (TypeError, ValueError):
        return [Error(f"{conf.NAME} is not a dictionary.", id="privatemessages.E001")]
    return [*_keys(settings), *_naming(settings)]


@register
def check_project(**_: Any) -> list[CheckMessage]:
    return [*_apps(), *_times(), *_sqlite()]


@register(deploy=True)
def check_redis(**_: Any) -> list[CheckMessage]:
    """With `check --deploy` alone: it asks Redis."""
    try:
        found = broker().durability().warnings
    except Unavailable as error:
        found = [f"Redis cannot be asked whether it keeps the outbox: {error}"]
    return [Warning(text, hint=REDIS_HINT, id="privatemessages.W002") for text in found]


def _wrong_setting(problem: ErrorDetails) -> Error:
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(sorted(conf.Settings.model_fields))
        text, hint = f"{conf.NAME} has an unknown key: {name}.", f"The keys are {known}."
    else:
        text, hint = f"The setting {name} is wrong: {problem['msg']}.", None
    return Error(text, hint=hint, id="privatemessages.E001")


def _keys(settings: conf.Settings) -> Iterator[CheckMessage]:
    if not settings.API_KEY:
        yield Error(
            "API_KEY is empty, so no worker can save a message.",
            hint="Set it to a long random text, the same one for Django and the workers.",
            id="privatemessages.E002",
        )


def _naming(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        found = import_string(settings.PERSON_NAME) if settings.PERSON_NAME else str
    except ImportError:
        found = None
    if not callable(found):
        yield Error(
            f"PERSON_NAME names no callable: {settings.PERSON_NAME}.",
            hint="It is the dotted path of a function from a person to their name.",
            id="privatemessages.E003",
        )


def _apps() -> Iterator[CheckMessage]:
    for name in APPS:
        if not apps.is_installed(name):
            yield Error(f"{name} is not in INSTALLED_APPS.", id="privatemessages.E004")


def _times() -> Iterator[CheckMessage]:
    if not project.USE_TZ:
        yield Error(
            "USE_TZ is off, and a message's time would mean something else on each machine.",
            hint="Set USE_TZ = True.",
            id="privatemessages.E005",
        )


def _sqlite() -> Iterator[CheckMessage]:
    """Otherwise two that read first and write then fail at once, without waiting."""
    connection = connections["default"]
    mode = connection.settings_dict["OPTIONS"].get("transaction_mode")
    if connection.vendor == "sqlite" and mode != "IMMEDIATE":
        yield Warning(
            "SQLite's transactions are not immediate, so messages stored at once may collide.",
            hint='Set "OPTIONS": {"transaction_mode": "IMMEDIATE"} for the database.',
            id="privatemessages.W001",
        )
