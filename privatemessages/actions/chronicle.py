"""What happened to a thread: told as an entry of its history, and kept for the operator's staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from .. import history, people, protocol
from ..models import PERSON_LIMIT, REASON_LIMIT, Message, Record, Thread
from ..roles import Act
from .authority import Authority
from .telling import Telling, to_thread


def enter(
    thread: Thread,
    actor: AbstractBaseUser | None,
    event: Message.Event,
    *,
    about: AbstractBaseUser | None = None,
    value: str = "",
) -> Telling:
    """The entry, and the thread with all that was changed in it, which is locked; to be told.

    `actor` is None for somebody whose account is being deleted.
    """
    thread.version += 1
    thread.save()
    message = Message(
        thread=thread,
        seq=thread.version,
        version=thread.version,
        sender_id=_key(actor),
        uuid=uuid4(),
        kind=Message.Kind.EVENT,
        event=event,
        about_id=_key(about),
        text=value,
        sent_at=timezone.now(),
    )
    message.save(force_insert=True)
    # Known already, so nobody asks the database for them.
    message.sender, message.about = actor, about  # type: ignore[assignment]  # the project's own
    return to_thread(thread.pk, _frame(message, thread.member_count))


def _key(person: AbstractBaseUser | None) -> Any:
    return None if person is None else person.pk


def _frame(message: Message, members: int) -> protocol.MessageFrame:
    shape = history.message_shape(message)
    assert shape.event is not None
    event = shape.event.model_copy(update={"members": members})
    return protocol.MessageFrame(**dict(shape) | {"event": event})


def thread_changed(thread: Thread) -> Telling:
    """What the thread is now, to its members; and the workers review what they may do there."""
    frame = protocol.ThreadFrame(
        thread=thread.pk,
        version=thread.version,
        title=thread.title,
        slug=thread.slug,
        topic=thread.topic,
        public=thread.is_public,
        closed=thread.closed_at is not None,
        cleared=thread.cleared_seq,
    )
    return to_thread(thread.pk, frame)


def record(  # noqa: PLR0913 - who did what to whom, when and why
    authority: Authority,
    act: Act,
    person: AbstractBaseUser | None = None,
    *,
    detail: str = "",
    reason: str = "",
    until: datetime | None = None,
) -> None:
    Record.objects.create(
        thread=authority.thread,
        thread_title=authority.thread.title,
        actor_id=authority.person.pk,
        actor_name=_name(authority.person),
        act=act.value,
        person_id=_key(person),
        person_name=_name(person) if person else "",
        detail=detail,
        reason=reason[:REASON_LIMIT],
        until=until,
    )


def _name(person: AbstractBaseUser) -> str:
    return people.name_of(person)[:PERSON_LIMIT]
