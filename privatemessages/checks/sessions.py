"""Whether workers see the sessions that Django's processes write."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from django.conf import settings as project
from django.contrib.sessions.backends import cache, cached_db
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name

from ..conf import Settings
from .deployment import for_deployment

OF_ONE_PROCESS = (LocMemCache, DummyCache)
HINT = "Set SESSION_CACHE_ALIAS to a cache that all processes share, such as Redis."


@for_deployment
def check_sessions(_: Settings) -> Iterator[CheckMessage]:
    store = import_module(project.SESSION_ENGINE).SessionStore
    if not issubclass(store, (cache.SessionStore, cached_db.SessionStore)):
        return
    if isinstance(caches[project.SESSION_CACHE_ALIAS], OF_ONE_PROCESS):
        text = (
            "Sessions are in a cache of each process, so a worker knows nobody who signed in."
            if issubclass(store, cache.SessionStore)
            else "Sessions are copied to a cache of each process, where they outlive a sign-out."
        )
        yield Warning(text, hint=HINT, id="privatemessages.W010")
