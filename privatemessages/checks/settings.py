"""The app's own settings: known, well formed, and leading somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .. import conf
from ..broker import addresses
from ..hosts import may_hold_password
from ..saving import save_batch

ADDRESSES = ("SEND_MESSAGE_API_URL", "COMMAND_API_URL", "SOCKET_URL")
KEY_HINT = "Set it to a long random text, the same one for Django and the workers."


@register
def check_settings(**_: Any) -> list[CheckMessage]:
    try:
        settings = conf.load()
    except ValidationError as error:
        return [_wrong_setting(problem) for problem in error.errors()]
    except (TypeError, ValueError):
        return [Error(f"{conf.NAME} is not a dictionary.", id="privatemessages.E001")]
    return [
        *_key(settings),
        *_redis(settings),
        *_naming(settings),
        *_passwords(settings),
        *_saving(settings),
    ]


def _wrong_setting(problem: ErrorDetails) -> Error:
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(sorted(conf.Settings.model_fields))
        text, hint = f"{conf.NAME} has an unknown key: {name}.", f"The keys are {known}."
    else:
        text, hint = f"The setting {name} is wrong: {problem['msg']}.", None
    return Error(text, hint=hint, id="privatemessages.E001")


def _key(settings: conf.Settings) -> Iterator[CheckMessage]:
    if not settings.API_KEY:
        yield Error(
            "API_KEY is empty, so no worker can save a message.",
            hint=KEY_HINT,
            id="privatemessages.E002",
        )


def _redis(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        addresses.parse(settings.REDIS_URL)
    except ValueError as error:
        yield Error(str(error), id="privatemessages.E006")


def _naming(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        found = import_string(settings.PERSON_NAME) if settings.PERSON_NAME else str
    except (ImportError, TypeError, ValueError):  # a path may begin with a dot, or be no name
        found = None
    if not callable(found):
        yield Error(
            f"PERSON_NAME names no callable: {settings.PERSON_NAME}.",
            hint="It is the dotted path of a function from a person to their name.",
            id="privatemessages.E003",
        )


def _passwords(settings: conf.Settings) -> Iterator[CheckMessage]:
    for name in ADDRESSES:
        if may_hold_password(getattr(settings, name)):
            yield Error(
                f"{name} holds a name or a password, which opens nothing here.",
                hint="Leave out what stands before the @: a worker shows API_KEY, and a browser "
                "its cookie.",
                id="privatemessages.E007",
            )


def _saving(settings: conf.Settings) -> Iterator[CheckMessage]:
    if may_hold_password(settings.SEND_MESSAGE_API_URL):
        return
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
