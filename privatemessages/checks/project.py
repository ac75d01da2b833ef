"""What the app needs of the project around it."""

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
from django.urls import NoReverseMatch, get_script_prefix, is_valid_path

APPS = ("django.contrib.auth", "django.contrib.sessions")


@register
def check_project(**_: Any) -> list[CheckMessage]:
    return [*_apps(), *_times(), *_sqlite(), *_pages(), *_sign_in()]


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
