"""Rows as they go over the wire."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import people, protocol
from ..models import Message
from ..times import milliseconds


def sender_shape(person: AbstractBaseUser) -> protocol.Sender:
    return protocol.Sender(id=str(person.pk), name=people.name_of(person))


def message_shape(message: Message) -> protocol.Message:
    """Asks for nothing more where the sender was read with the message."""
    return protocol.Message(
        thread=message.thread_id,
        sender=sender_shape(message.sender) if message.sender else None,
        id=str(message.uuid),
        kind="text",
        text=message.text,
        sent_at=milliseconds(message.sent_at),
        reply_to=message.reply_to,
        seq=message.seq,
        version=message.version,
    )
