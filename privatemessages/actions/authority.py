"""Who may do what: every act on a group or room begins here, with the thread locked."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser

from .. import people, roles
from ..errors import Forbidden, NotFound, NotMember, OnSelf, Outranked
from ..models import Member, Thread
from ..protocol import BIGGEST_NUMBER
from ..roles import Act, Role


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who may do what they asked for; `administers` is the right of the operator's staff.

    `member` is their own place, None where they do not belong.
    """

    person: AbstractBaseUser
    thread: Thread
    member: Member | None
    administers: bool

    @property
    def place(self) -> Member:
        """Their own; raises NotFound where they do not belong."""
        if self.member is None:
            raise NotFound
        return self.member

    def over_member(self, other: AbstractBaseUser) -> Member:
        """Their place, for an act on them; raises OnSelf, NotMember and Outranked."""
        self.check_other(other)
        member = present(self.thread, other)
        if member is None:
            raise NotMember
        self.check_outranks(member)
        return member

    def check_other(self, other: AbstractBaseUser) -> None:
        if other.pk == self.person.pk:
            raise OnSelf

    def check_outranks(self, member: Member) -> None:
        own = -1 if self.member is None else Role(self.member.role).rank
        if not self.administers and own <= Role(member.role).rank:
            raise Outranked


def authorise(person: AbstractBaseUser, thread_id: int, act: Act) -> Authority:
    """Inside a transaction: the thread stays locked until it ends.

    Raises NotFound where the thread is not theirs, and Forbidden where their role is too low.
    """
    thread = locked_thread(thread_id)
    member = present(thread, person)
    administers = thread.kind != Thread.Kind.DIRECT and people.administers(person)
    if member is None and (not administers or act in roles.PERSONAL):
        raise NotFound
    role = Role(member.role) if member else None
    if not roles.allows(role, act, thread.kind, administers=administers):
        raise Forbidden
    return Authority(person, thread, member, administers)


def locked_thread(thread_id: int) -> Thread:
    """Raises NotFound, for one that was deleted too."""
    if thread_id > BIGGEST_NUMBER:
        raise NotFound
    thread = Thread.objects.locked([thread_id]).filter(deleted_at=None).first()
    if thread is None:
        raise NotFound
    return thread


def present(thread: Thread, person: AbstractBaseUser) -> Member | None:
    return Member.objects.of(person.pk).filter(thread=thread).first()
