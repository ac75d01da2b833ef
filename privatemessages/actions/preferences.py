"""What people show of themselves to others."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import protocol
from ..models import Preferences
from .telling import tell, to_person


def set_preferences(
    person: AbstractBaseUser,
    *,
    shows_presence: bool | None = None,
    shows_last_seen: bool | None = None,
    shows_typing: bool | None = None,
) -> None:
    """What is None stays as it is."""
    wanted = {
        "shows_presence": shows_presence,
        "shows_last_seen": shows_last_seen,
        "shows_typing": shows_typing,
    }
    chosen = {name: shows for name, shows in wanted.items() if shows is not None}
    if chosen:
        Preferences.objects.update_or_create(defaults=chosen, user_id=person.pk)
        tell([to_person(str(person.pk), protocol.PreferencesChanged())])
