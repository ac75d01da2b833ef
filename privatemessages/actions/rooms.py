"""Rooms: a name, an address, and people who come and go."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .. import names, protocol
from .. import people as persons
from ..errors import Banned, NameTaken, NotFound, Private
from ..models import Ban, EntryRequest, Member, Message, Thread
from ..roles import Act, Role
from . import chronicle
from .authority import Authority, authorise, locked_thread, present
from .places import arrive, role_of_next
from .telling import Telling, tell, to_person

TOLD_OF_REQUESTS = 50  # people who may let somebody in


def make_room(
    person: AbstractBaseUser,
    name: str,
    *,
    topic: str = "",
    is_public: bool = True,
    shows_past: bool = True,
) -> Thread:
    """Owned by whoever makes it. Raises BadName, NameTooLong and NameTaken."""
    room = Thread(
        kind=Thread.Kind.ROOM,
        title=names.clean_name(name),
        slug=names.slug_of(name),
        topic=names.clean_topic(topic),
        is_public=is_public,
        shows_past=shows_past,
    )
    with transaction.atomic():
        save_name(room)
        told = arrive(room, person, Role.OWNER)
        entry = chronicle.enter(room, person, Message.Event.CREATED, value=room.title)
        tell([told, entry])
    return room


def save_name(room: Thread) -> None:
    """Raises NameTaken; the transaction around it goes on."""
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError:
        if room.slug and Thread.objects.filter(slug=room.slug).exclude(pk=room.pk).exists():
            raise NameTaken from None
        raise


def enter_room(person: AbstractBaseUser, thread_id: int) -> tuple[Thread, bool]:
    """The room, and whether the person came in now; who comes into an empty room owns it.

    Raises NotFound, Banned, and Private where one has to be let in.
    """
    with transaction.atomic():
        room = _locked_room(thread_id)
        if present(room, person):
            return room, False
        check_ban(room, person)
        _check_open(room, person)
        told = arrive(room, person, role_of_next(room))
        tell([told, chronicle.enter(room, person, Message.Event.JOINED)])
    return room, True


def _check_open(room: Thread, person: AbstractBaseUser) -> None:
    """To this person. Staff who let themselves in administer, so that is recorded."""
    if room.is_public:
        return
    if not persons.administers(person):
        raise Private
    chronicle.record(Authority(person, room, None, administers=True), Act.ADD, person)


def request_entry(person: AbstractBaseUser, thread_id: int) -> bool:
    """Asks to be let into a private room; whether that is new. Raises NotFound and Banned."""
    with transaction.atomic():
        room = _locked_room(thread_id)
        check_ban(room, person)
        if room.is_public or present(room, person):
            return False
        _, is_new = EntryRequest.objects.get_or_create(thread=room, user_id=person.pk)
        if is_new:
            tell(_asked(room, person))
    return is_new


def decline_entry(person: AbstractBaseUser, thread_id: int, other: AbstractBaseUser) -> None:
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.ADD)
        EntryRequest.objects.filter(thread=authority.thread, user_id=other.pk).delete()


def check_ban(thread: Thread, person: AbstractBaseUser) -> None:
    if Ban.objects.in_force(timezone.now()).filter(thread=thread, user_id=person.pk).exists():
        raise Banned


def _locked_room(thread_id: int) -> Thread:
    room = locked_thread(thread_id)
    if room.kind != Thread.Kind.ROOM:
        raise NotFound
    return room


def _asked(room: Thread, person: AbstractBaseUser) -> list[Telling]:
    """In the site's language: nobody knows theirs, who may be anywhere."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _("%(person)s asks to be let in.") % {"person": persons.name_of(person)}
    notice = protocol.Notice(thread=room.pk, text=text)
    doorkeepers = Member.objects.present().filter(thread=room).exclude(role=Role.MEMBER)
    user_ids = doorkeepers.values_list("user_id", flat=True)[:TOLD_OF_REQUESTS]
    return [to_person(str(user_id), notice) for user_id in user_ids]
