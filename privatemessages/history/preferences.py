"""What people show of themselves, and what they see of others for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .. import protocol
from ..models import Preferences

DEFAULT = protocol.Preferences()


def preferences(user_id: Any) -> protocol.Preferences:
    return preferences_of([user_id])[user_id]


def preferences_of(user_ids: Collection[Any]) -> dict[Any, protocol.Preferences]:
    """By primary key, in one query; of who chose nothing, the defaults."""
    chosen = {row.user_id: _shape(row) for row in Preferences.objects.filter(user__in=user_ids)}
    return {user_id: chosen.get(user_id, DEFAULT) for user_id in user_ids}


def _shape(row: Preferences) -> protocol.Preferences:
    return protocol.Preferences(
        shows_presence=row.shows_presence,
        shows_last_seen=row.shows_last_seen,
        shows_typing=row.shows_typing,
    )
