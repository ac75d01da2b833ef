"""Who asks to be let in and who is kept out, for those who may change it.

A role may go between the reading of a card and what it allows: then there is nothing to show.
"""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.models import AbstractBaseUser

from .. import history
from ..errors import Forbidden
from ..history import BanCard, RequestCard, ThreadCard
from ..models import Thread
from ..roles import Act


def who_asks(person: AbstractBaseUser, card: ThreadCard) -> list[RequestCard]:
    """Only a private room is asked. Raises NotFound."""
    is_private_room = card.kind == Thread.Kind.ROOM and not card.is_public
    if is_private_room and Act.ADD in card.acts:
        with suppress(Forbidden):
            return history.entry_requests(person, card.id)
    return []


def who_is_banned(person: AbstractBaseUser, card: ThreadCard) -> list[BanCard]:
    """Raises NotFound."""
    if Act.UNBAN in card.acts:
        with suppress(Forbidden):
            return history.bans(person, card.id)
    return []
