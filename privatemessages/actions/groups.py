"""Groups: chosen people and a title."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from .. import conf, names
from ..errors import Full
from ..models import Member, Message, Thread
from ..roles import Role
from . import chronicle
from .accounts import hold
from .places import joined
from .telling import tell


def make_group(
    person: AbstractBaseUser,
    title: str,
    people: Sequence[AbstractBaseUser],
    *,
    shows_past: bool = False,
) -> Thread:
    """Owned by whoever makes it; told to everybody.

    Raises BadName, NameTooLong, Full, and NoSuchPerson where one of them is not active.
    """
    title = names.clean_name(title)
    others = _others(person, people)
    with transaction.atomic():
        hold(person, *others)
        thread = Thread.objects.create(
            kind=Thread.Kind.GROUP,
            title=title,
            shows_past=shows_past,
            member_count=1 + len(others),
        )
        told = [joined(thread, member) for member in _seat(thread, person, others)]
        entry = chronicle.enter(thread, person, Message.Event.CREATED, value=title)
        tell([*told, entry])
    return thread


def _others(person: AbstractBaseUser, people: Sequence[AbstractBaseUser]) -> list[AbstractBaseUser]:
    """Each one once, without the person."""
    others = {other.pk: other for other in people if other.pk != person.pk}
    if len(others) >= conf.load().GROUP_LIMIT:
        raise Full
    return list(others.values())


def _seat(
    thread: Thread, owner: AbstractBaseUser, others: Sequence[AbstractBaseUser]
) -> list[Member]:
    now = timezone.now()
    members = [Member(thread=thread, user_id=owner.pk, role=Role.OWNER, joined_at=now)]
    members += [Member(thread=thread, user_id=other.pk, joined_at=now) for other in others]
    return Member.objects.bulk_create(members)
