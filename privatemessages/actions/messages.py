"""A person writes, from a page, the JSON API or another app."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from .. import history, protocol
from ..errors import MayNotPost, NotFound
from ..models import Message
from ..times import milliseconds
from .ledger import Draft, Ledger
from .telling import tell, to_thread

Written = Literal["text", "action"]


def send_message(  # noqa: PLR0913 - what a message has, of which little has to be said
    person: AbstractBaseUser,
    thread_id: int,
    text: str,
    *,
    uuid: UUID | None = None,
    reply_to: int | None = None,
    kind: Written = "text",
) -> tuple[Message, bool]:
    """The stored message with its `seq`, and whether it is new; told after the commit.

    An `action` is what the person does: "/me waves" is one of the text "waves". The same person's
    same `uuid` in the same thread is the same message. Raises NotFound, MayNotPost, Empty, TooLong,
    BadText, and Malformed for an answer to a number that is none.
    """
    draft = Draft(
        thread_id=thread_id,
        sender_id=person.pk,
        uuid=uuid or uuid4(),
        text=protocol.clean_text(text),
        sent_at=timezone.now(),
        reply_to=reply_to,
        kind=kind,
    )
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
    now = milliseconds(draft.sent_at)
    may_post = place.standing.may_post_at(now) and person.is_active
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
