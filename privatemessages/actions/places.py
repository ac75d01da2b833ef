"""Coming, going, and who owns a group or room then. The thread is locked by whoever calls.

Only the columns that change are written: a read mark moves without the thread's lock.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Case, Value, When
from django.utils import timezone

from .. import people, protocol
from ..models import EntryRequest, Member, Message, Stay, Thread
from ..roles import Role
from . import chronicle
from .telling import Telling, to_person


def arrive(thread: Thread, person: AbstractBaseUser, role: Role = Role.MEMBER) -> Telling:
    """A place in the thread for somebody who has none now; to be told."""
    member = Member.objects.filter(thread=thread, user_id=person.pk).first()
    if member is None:
        member = Member(thread=thread, user_id=person.pk)
    elif member.left_at is not None:
        Stay.objects.create(member=member, joined_at=member.joined_at, left_at=member.left_at)
    _begin(thread, member, role)
    member.save()
    EntryRequest.objects.filter(thread=thread, user_id=person.pk).delete()
    thread.member_count += 1
    return joined(thread, member)


def role_of_next(thread: Thread) -> Role:
    """Nothing that somebody belongs to is without an owner."""
    return Role.MEMBER if thread.member_count else Role.OWNER


def _begin(thread: Thread, member: Member, role: Role) -> None:
    member.role = role.value
    member.joined_at, member.left_at = timezone.now(), None
    member.read_seq, member.marked_unread_at = thread.version, None
    if not thread.shows_past:
        member.since_seq, member.unseen_count = thread.version, thread.text_count
        member.sent_count = 0
    elif member.since_seq:
        # The past was hidden from them when they came first.
        member.since_seq, member.unseen_count = 0, 0
        member.sent_count = _written(thread, member)


def _written(thread: Thread, member: Member) -> int:
    written = Message.objects.filter(thread=thread, sender=member.user_id, event="")
    return written.filter(seq__gt=thread.cleared_seq).count()


def joined(thread: Thread, member: Member) -> Telling:
    head = protocol.Head(version=thread.version, read=member.read_seq)
    return to_person(str(member.user_id), protocol.Joined(thread=thread.pk, head=head))


def depart(
    thread: Thread,
    member: Member,
    actor: AbstractBaseUser | None,
    event: Message.Event,
    about: AbstractBaseUser | None = None,
) -> list[Telling]:
    """Ends somebody's place, and hands over what they alone owned; to be told."""
    member.left_at = timezone.now()
    member.save(update_fields=["left_at"])
    thread.member_count -= 1
    removed = to_person(str(member.user_id), protocol.Removed(thread=thread.pk))
    entry = chronicle.enter(thread, actor, event, about=about)
    return [removed, entry, *hand_over(thread, actor)]


def depart_for_good(thread: Thread, member: Member) -> list[Telling]:
    """Before the account goes; told by nobody, whose row would keep it from being deleted."""
    if thread.kind != Thread.Kind.DIRECT:
        return depart(thread, member, None, Message.Event.LEFT)
    thread.member_count -= 1
    thread.direct_key = None  # made of two people, of whom one is nobody now
    thread.save(update_fields=["member_count", "direct_key"])
    others = Member.objects.present().filter(thread=thread).exclude(pk=member.pk)
    removed = to_person(str(member.user_id), protocol.Removed(thread=thread.pk))
    return [removed, *[rights_changed(other) for other in others]]


def hand_over(
    thread: Thread, actor: AbstractBaseUser | None, but: Member | None = None
) -> list[Telling]:
    """To the longest-serving moderator, else member, where nobody owns it; `but` not to this one.

    Nobody who cannot sign in any more gets it.
    """
    if has_owner(thread):
        return []
    heirs = Member.objects.present().filter(people.active("user"), thread=thread)
    heirs = heirs.select_related("user")
    if but is not None:
        heirs = heirs.exclude(pk=but.pk)
    moderators_first = Case(When(role=Role.MODERATOR, then=Value(0)), default=Value(1))
    heir = heirs.order_by(moderators_first, "joined_at", "pk").first()
    return appoint(thread, heir, actor, Role.OWNER) if heir else []


def has_owner(thread: Thread) -> bool:
    return Member.objects.present().filter(thread=thread, role=Role.OWNER).exists()


def appoint(
    thread: Thread, member: Member, actor: AbstractBaseUser | None, role: Role
) -> list[Telling]:
    """`member.user` is read already."""
    member.role = role.value
    member.save(update_fields=["role"])
    event = Message.Event.APPOINTED
    entry = chronicle.enter(thread, actor, event, about=member.user, value=role.value)
    return [entry, rights_changed(member)]


def rights_changed(member: Member) -> Telling:
    return to_person(str(member.user_id), protocol.RightsChanged(thread=member.thread_id))
