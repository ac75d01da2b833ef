"""Threads begin here."""

from __future__ import annotations

import hashlib
import json

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from .. import protocol
from ..errors import NoSuchPerson, ToSelf
from ..models import Member, Thread
from .accounts import hold
from .telling import tell, to_person


def start_direct_thread(person: AbstractBaseUser, other: AbstractBaseUser) -> tuple[Thread, bool]:
    """The one thread of these two, and whether it was made now.

    Raises ToSelf, and NoSuchPerson where one of them is not active.
    """
    if person.pk == other.pk:
        raise ToSelf
    if not other.is_active:
        raise NoSuchPerson
    key = direct_key(person, other)
    found = Thread.objects.filter(direct_key=key).first()
    return (found, False) if found else _make(key, person, other)


def direct_key(*pair: AbstractBaseUser) -> str:
    """The same for two people in either order; a digest, because primary keys have any length."""
    named = json.dumps(sorted(str(person.pk) for person in pair))
    return hashlib.sha256(named.encode()).hexdigest()


def _make(key: str, *pair: AbstractBaseUser) -> tuple[Thread, bool]:
    try:
        with transaction.atomic():
            return _insert(key, *pair), True
    except IntegrityError:
        # The other one wrote first at the same moment. Anything else is no thread, and is raised.
        return Thread.objects.get(direct_key=key), False


def _insert(key: str, *pair: AbstractBaseUser) -> Thread:
    hold(*pair)
    now = timezone.now()
    thread = Thread.objects.create(
        direct_key=key, member_count=len(pair), created_at=now, last_message_at=now
    )
    Member.objects.bulk_create(
        Member(thread=thread, user_id=person.pk, joined_at=now) for person in pair
    )
    joined = protocol.Joined(thread=thread.id, head=protocol.Head(version=0, read=0))
    tell(to_person(str(person.pk), joined) for person in pair)
    return thread
