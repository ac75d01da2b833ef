"""A person writes, from a page, the JSON API or another app."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from .. import history, protocol
from ..errors import MayNotPost, NotFound
from ..models import Message
from .ledger import Draft, Ledger
from .telling import tell, to_thread


def send_message(
    person: AbstractBaseUser,
    thread_id: int,
    text: str,
    *,
    uuid: UUID | None = None,
    reply_to: int | None = None,
) -> tuple[Message, bool]:
    """The stored message with its `seq`, and whether it is new; told after the commit.

    The same person's same `uuid` in the same thread is the same message. Raises NotFound,
    MayNotPost, Empty, TooLong, BadText, and Malformed for an answer to a number that is none.
    """
    now = timezone.now()
    draft = Draft(thread_id, person.pk, uuid or uuid4(), protocol.clean_text(text), now, reply_to)
    _check_place(person, draft)
    with transaction.atomic():
        message, created = _store(draft)
        message.sender = person  # type: ignore[assignment]  # the project's own user model
        tell([to_thread(thread_id, _frame(message))])
    return message, created


def _check_place(person: AbstractBaseUser, draft: Draft) -> None:
    place = history.place(person.pk, draft.thread_id)
    if place is None:
        raise NotFound
    may_post = place.may_post and person.is_active
    # A repetition of what was stored while it was allowed is answered as the first time.
    if not may_post and not Message.objects.resembling([draft.identity]).exists():
        raise MayNotPost


def _store(draft: Draft) -> tuple[Message, bool]:
    ledger = Ledger([draft])
    entered = ledger.enter(draft)
    ledger.write()
    return entered


def _frame(message: Message) -> protocol.MessageFrame:
    return protocol.MessageFrame(**dict(history.message_shape(message)))
