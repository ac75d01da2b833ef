"""The JSON API of the browser's client, and its OpenAPI document at `openapi.json`."""

from __future__ import annotations

from typing import cast

from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.cache import never_cache
from ninja import NinjaAPI

from . import (
    commands,
    entry,
    heads,
    members,
    messages,
    people,
    preferences,
    presence,
    reminders,
    rooms,
    threads,
)
from .refusals import View, answered, handle, unknown
from .signed_in import SignedIn

NAMESPACE = "api"

api = NinjaAPI(
    title="privatemessages",
    version="1",
    description="Conversations, their people and history, and rooms. Errors: `code`, `detail`.",
    urls_namespace=f"privatemessages:{NAMESPACE}",
    docs_url=None,  # its page would load scripts from elsewhere
    auth=SignedIn(),
)
handle(api)
for part in (threads, messages, members, entry, commands, reminders):
    api.add_router("threads", part.router)
api.add_router("heads", heads.router)
api.add_router("rooms", rooms.router)
api.add_router("people", people.router)
api.add_router("preferences", preferences.router)
api.add_router("presence", presence.router)


def _patterns() -> list[URLPattern | URLResolver]:
    """Outside a project's ATOMIC_REQUESTS, so that an answer means committed; kept by no cache."""
    patterns, _, _ = api.urls
    for pattern in patterns:
        pattern.callback = never_cache(answered(cast(View, pattern.callback)))
    return [*patterns, re_path("", unknown)]


urls = (_patterns(), "ninja", NAMESPACE)
