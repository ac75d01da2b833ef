"""Who belongs to a group or room, and in which role."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from .. import conf
from ..errors import Forbidden, Full, NotFound
from ..models import Member, Message, Thread
from ..roles import Act, Role
from . import chronicle, places
from .accounts import hold
from .authority import authorise, locked_thread, present
from .rooms import check_ban
from .telling import tell


def add_member(person: AbstractBaseUser, thread_id: int, other: AbstractBaseUser) -> bool:
    """Whether they are new; grants what they asked for, if they asked to be let in.

    Raises NotFound, Forbidden, Full, Banned, and NoSuchPerson where they are not active.
    """
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.ADD)
        thread = authority.thread
        hold(other)
        if present(thread, other):
            return False
        check_ban(thread, other)
        _check_space(thread)
        told = places.arrive(thread, other, places.role_of_next(thread))
        entry = chronicle.enter(thread, person, _arrival(person, other), about=other)
        chronicle.record(authority, Act.ADD, other)
        tell([told, entry])
    return True


def leave(person: AbstractBaseUser, thread_id: int) -> None:
    """The last owner who leaves hands over. Raises NotFound, and Forbidden for a direct thread."""
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.LEAVE)
        tell(places.depart(authority.thread, authority.place, person, Message.Event.LEFT))


def leave_everything(person: AbstractBaseUser) -> None:
    """Before an account is deleted: nothing stays without an owner, and the counts stay true."""
    theirs = Member.objects.of(person.pk).order_by("thread_id")
    for thread_id in theirs.values_list("thread_id", flat=True):
        # It may have been deleted in this moment, and then there is nothing to leave.
        with suppress(NotFound), transaction.atomic():
            _leave_for_good(locked_thread(thread_id), person)


def _leave_for_good(thread: Thread, person: AbstractBaseUser) -> None:
    member = present(thread, person)
    if member is not None:
        tell(places.depart_for_good(thread, member))


def remove_member(
    person: AbstractBaseUser, thread_id: int, other: AbstractBaseUser, reason: str = ""
) -> None:
    """Raises NotFound, Forbidden, OnSelf, NotMember and Outranked."""
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.REMOVE)
        member = authority.over_member(other)
        told = places.depart(authority.thread, member, person, Message.Event.REMOVED, other)
        chronicle.record(authority, Act.REMOVE, other, reason=reason)
        tell(told)


def appoint(person: AbstractBaseUser, thread_id: int, other: AbstractBaseUser, role: Role) -> None:
    """Gives a member another role; who owned it alone hands over.

    Raises NotFound, OnSelf, NotMember, Outranked, and Forbidden, also where nobody could own it.
    """
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.APPOINT)
        member = authority.over_member(other)
        if member.role == role:
            return
        told = places.appoint(authority.thread, member, person, role)
        told += places.hand_over(authority.thread, person, but=member)
        if not places.has_owner(authority.thread):
            raise Forbidden
        chronicle.record(authority, Act.APPOINT, other, detail=role.value)
        tell(told)


def _check_space(thread: Thread) -> None:
    if thread.kind == Thread.Kind.GROUP and thread.member_count >= conf.load().GROUP_LIMIT:
        raise Full


def _arrival(person: AbstractBaseUser, other: AbstractBaseUser) -> Message.Event:
    """Staff may add themselves."""
    return Message.Event.JOINED if person.pk == other.pk else Message.Event.ADDED
