"""Who asks to be let into a private room, for those who may let them in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import history
from ..history import RequestCard, ThreadCard
from ..models import Thread
from ..roles import Act


def who_asks(person: AbstractBaseUser, card: ThreadCard) -> list[RequestCard]:
    """Raises NotFound."""
    if card.kind != Thread.Kind.ROOM or card.is_public or Act.ADD not in card.acts:
        return []
    return history.entry_requests(person, card.id)
