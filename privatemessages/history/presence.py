"""Whether the other one of a direct thread is here, as far as both show it of themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from .. import protocol
from ..errors import Unavailable
from ..models import Member
from ..wiring import broker
from .preferences import preferences_of

logger = logging.getLogger(__name__)


def presences(person: AbstractBaseUser, thread_ids: Iterable[int]) -> dict[int, protocol.Presence]:
    """By thread, of this person's direct threads among these; nothing where nothing is known."""
    possible = [thread_id for thread_id in thread_ids if thread_id <= protocol.BIGGEST_NUMBER]
    others = Member.objects.partners_of(person.pk).filter(thread__in=possible)
    return presence_of(person, dict(others.values_list("thread_id", "user_id")))


def presence_of(
    person: AbstractBaseUser, others: Mapping[int, Any]
) -> dict[int, protocol.Presence]:
    """By thread, from the primary key of the other one in each; in one round trip to Redis."""
    if not others:
        return {}
    chosen = preferences_of({person.pk, *others.values()})
    mine = chosen[person.pk]
    seen = {thread_id: key for thread_id, key in others.items() if _see(mine, chosen[key])}
    found = _whereabouts([str(key) for key in seen.values()])
    return {
        thread_id: _as_shown(found[str(key)], mine, chosen[key])
        for thread_id, key in seen.items()
        if str(key) in found
    }


def _see(mine: protocol.Preferences, theirs: protocol.Preferences) -> bool:
    return mine.shows_presence and theirs.shows_presence


def _whereabouts(user_ids: list[str]) -> dict[str, protocol.Presence]:
    """Nothing while Redis is away: what shows it is as good without."""
    try:
        return broker().whereabouts(user_ids)
    except Unavailable as error:
        logger.warning("Nobody knows who is here: %s", error)
        return {}


def _as_shown(
    found: protocol.Presence, mine: protocol.Preferences, theirs: protocol.Preferences
) -> protocol.Presence:
    shows_when = mine.shows_last_seen and theirs.shows_last_seen
    return found if shows_when else protocol.Presence(here=found.here)
