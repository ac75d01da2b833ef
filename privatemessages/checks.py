"""What a project's settings lack, said before a server starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings as project
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.db import connections
from django.shortcuts import resolve_url
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, is_valid_path, resolve
from django.utils.module_loading import import_string
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from . import conf
from .errors import Unavailable
from .saving import save_batch
from .wiring import broker

KEY_HINT = "Set it to a long random text, the same one for Django and the workers."
REDIS_HINT = "Set maxmemory-policy noeviction and appendonly yes in redis.conf."
KEY_LENGTH = 20  # characters; fewer can be guessed
APPS = ("django.contrib.auth", "django.contrib.sessions")


@register
def check_settings(**_: Any) -> list[CheckMessage]:
    try:
        settings = conf.load()
    except ValidationError as error:
        return [_wrong_setting(problem) for problem in error.errors()]
    except (TypeError, ValueError):
        return [Error(f"{conf.NAME} is not a dictionary.", id="privatemessages.E001")]
    return [*_keys(settings), *_naming(settings), *_saving(settings)]


@register
def check_project(**_: Any) -> list[CheckMessage]:
    return [*_apps(), *_times(), *_sqlite(), *_pages(), *_sign_in()]


@register(deploy=True)
def check_key(**_: Any) -> list[CheckMessage]:
    key = str(getattr(project, "API_KEY", ""))
    if not 0 < len(key) < KEY_LENGTH:
        return []
    text = f"API_KEY has fewer than {KEY_LENGTH} characters."
    return [Warning(text, hint=KEY_HINT, id="privatemessages.W005")]


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
            hint=KEY_HINT,
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


def _saving(settings: conf.Settings) -> Iterator[CheckMessage]:
    path = urlsplit(settings.SEND_MESSAGE_API_URL).path
    try:
        found = resolve(path).func
    except Resolver404:
        found = None
    if found is not save_batch:
        yield Warning(
            f"SEND_MESSAGE_API_URL is not where workers can save: {path} is another page or none.",
            hint="It ends in send_message_api/ under the path that includes privatemessages.urls.",
            id="privatemessages.W004",
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


def _pages() -> Iterator[CheckMessage]:
    try:
        get_template("base.html")
    except TemplateDoesNotExist:
        yield Warning(
            "There is no template base.html, which the messenger's pages extend.",
            hint="Write one with the blocks title and content, where TEMPLATES looks for it.",
            id="privatemessages.W006",
        )


def _sign_in() -> Iterator[CheckMessage]:
    if not _leads_somewhere(project.LOGIN_URL):
        yield Warning(
            f"LOGIN_URL leads nowhere: {project.LOGIN_URL}.",
            hint="Set it to the address of your sign-in page, or to its name in your urls.py.",
            id="privatemessages.W003",
        )


def _leads_somewhere(name: Any) -> bool:
    """Another host is taken to be there."""
    try:
        url = urlsplit(resolve_url(name))
    except NoReverseMatch:
        return False
    path = url.path.removeprefix(get_script_prefix().rstrip("/"))
    # LocaleMiddleware adds the language where only that makes an address of it.
    paths = (path, f"/{project.LANGUAGE_CODE}{path}")
    return bool(url.netloc) or any(map(is_valid_path, paths))
