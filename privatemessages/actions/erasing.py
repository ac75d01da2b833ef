"""An account goes, with all that names the person.

In an order in which nothing is half done: they are shut out first, then their places end, and from
then on nothing of theirs is stored any more; then their messages, in portions; the account is the
last. Whoever is stopped in between does it again, and goes on.
"""

from __future__ import annotations

from typing import NamedTuple

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db import router, transaction
from django.db.models.deletion import Collector

from ..models import Member, Record, Thread
from ..wiring import broker
from . import places
from .erasing_messages import remove_messages, unsign_messages
from .sessions import end_all_sessions
from .telling import tell


class Erased(NamedTuple):
    places: int
    messages: int


def erase_person(person: AbstractBaseUser, *, removes_messages: bool = False) -> Erased:
    """Their messages stay as a deleted person's, or are removed from what others see.

    Raises django.db.models.ProtectedError and RestrictedError where the project does not let the
    account go, before anything is done. What Redis knows of them is `forget_in_redis`'s.
    """
    check_erasable(person)
    _shut_out(person)
    ended = _end_places(person)
    messages = remove_messages(person) if removes_messages else 0
    messages += unsign_messages(person)
    _forget_names(person)
    person.delete()
    return Erased(ended, messages)


def check_erasable(person: AbstractBaseUser) -> None:
    """Raises ProtectedError and RestrictedError."""
    Collector(using=router.db_for_write(type(person)), origin=person).collect([person])


def _shut_out(person: AbstractBaseUser) -> None:
    """The workers hear of it, and close their sockets."""
    person.set_unusable_password()
    changed = ["password"]
    if _has_activity():
        person.is_active = False
        changed.append("is_active")
    person.save(update_fields=changed)
    end_all_sessions(person)


def _has_activity() -> bool:
    try:
        get_user_model()._meta.get_field("is_active")
    except FieldDoesNotExist:
        return False
    return True


def _end_places(person: AbstractBaseUser) -> int:
    theirs = Member.objects.filter(user_id=person.pk).order_by("thread_id")
    thread_ids = list(theirs.values_list("thread_id", flat=True))
    for thread_id in thread_ids:
        _end_place(person, thread_id)
    return len(thread_ids)


@transaction.atomic
def _end_place(person: AbstractBaseUser, thread_id: int) -> None:
    """What was spoken there, and is not stored yet, is refused from now on."""
    thread = Thread.objects.locked([thread_id]).first()
    member = Member.objects.filter(thread=thread_id, user_id=person.pk).first()
    if thread is None or member is None:
        return
    if member.left_at is None:
        tell(places.depart_for_good(thread, member))
    member.delete()


def _forget_names(person: AbstractBaseUser) -> None:
    """The record of administration keeps what was done, and so does the log of Django's admin."""
    Record.objects.filter(actor=person.pk).update(actor_name="")
    Record.objects.filter(person=person.pk).update(person_name="")
    if apps.is_installed("django.contrib.admin"):
        kind = ContentType.objects.get_for_model(person)
        entries = apps.get_model("admin", "LogEntry")._default_manager
        entries.filter(content_type=kind, object_id=str(person.pk)).update(object_repr="")


def forget_in_redis(user_id: str) -> None:
    """When they were here, and what of theirs was set aside. Raises Unavailable.

    A worker notes when they were here once more, after the last of their sockets has gone.
    """
    for found in broker().set_asides.all():
        if found.entry.sender_id == user_id:
            broker().set_asides.drop(found)
    broker().forget_seen(user_id)
