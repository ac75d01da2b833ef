"""Rows as they go over the wire."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AbstractBaseUser

from .. import events, people, protocol
from ..models import Message
from ..times import milliseconds


def sender_shape(person: AbstractBaseUser) -> protocol.Sender:
    return protocol.Sender(id=str(person.pk), name=people.name_of(person))


def message_shape(message: Message) -> protocol.Message:
    """Asks for nothing more where the sender, and `about`, were read with the message."""
    sender = sender_shape(message.sender) if message.sender else None
    event = _happening(message) if message.event else None
    return protocol.Message(
        thread=message.thread_id,
        sender=sender,
        id=str(message.uuid),
        kind=cast(protocol.Kind, message.kind),
        text=events.english(sender, event) if event else message.text,
        event=event,
        sent_at=milliseconds(message.sent_at),
        reply_to=message.reply_to,
        seq=message.seq,
        version=message.version,
    )


def _happening(message: Message) -> protocol.Happening:
    person = sender_shape(message.about) if message.about else None
    return protocol.Happening(code=message.event, person=person, value=message.text)
