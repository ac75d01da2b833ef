"""The sessions of one person, where the project's engine keeps them as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser

ROWS_AT_ONCE = 2_000


class KeptSession(NamedTuple):
    key: str
    expires_at: datetime


def sessions(person: AbstractBaseUser) -> Iterator[KeptSession]:
    """Nobody notes whose a session is, so all of them are read. None where there are no rows."""
    engine = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(engine, "get_model_class"):
        return
    store, wanted = engine(), _named(person)
    rows: Any = engine.get_model_class()._default_manager.order_by("expire_date", "pk")
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        if store.decode(row.session_data).get(SESSION_KEY) == wanted:
            yield KeptSession(row.pk, row.expire_date)


def _named(person: AbstractBaseUser) -> str:
    """As `django.contrib.auth.login` writes it into the session."""
    return person._meta.pk.value_to_string(person)
