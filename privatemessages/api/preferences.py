"""What one shows of oneself."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from .. import actions, history, protocol
from ..errors import Malformed
from .shapes import REFUSALS, PreferencesChange
from .signed_in import person_of

router = Router(tags=["preferences"])


@router.get("", response={200: protocol.Preferences, **REFUSALS}, summary="What I show of myself")
def show_preferences(request: HttpRequest) -> protocol.Preferences:
    return history.preferences(person_of(request).pk)


@router.patch(
    "", response={200: protocol.Preferences, **REFUSALS}, summary="Show more of myself, or less"
)
def change_preferences(request: HttpRequest, change: PreferencesChange) -> protocol.Preferences:
    """What one hides, one does not see of others; answered by all of it as it is now."""
    if change == PreferencesChange():
        raise Malformed("Nothing is to be changed.")
    person = person_of(request)
    actions.set_preferences(person, **change.model_dump())
    return history.preferences(person.pk)
