"""What lies in the outbox: a spoken message, as it was published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from ..protocol import MessageFrame, Number, Sender, Shape

Fields = dict[bytes, bytes]


class Named(Shape):
    """As much of a message as tells it from others, whatever a newer version adds to it."""

    thread: Number
    sender: Sender
    id: str


def identity_of(message: MessageFrame | Named) -> str:
    """(thread, sender, id) in one string; only people speak, so there is a sender."""
    assert message.sender is not None
    return f"{message.thread}:{message.sender.id}:{message.id}"


@dataclass(frozen=True)
class Entry:
    """One entry of a stream; `id` is Redis's, "<ms>-<n>"."""

    id: str
    thread_id: int
    frame: bytes

    @classmethod
    def of(cls, raw: Any) -> Entry:
        """From one element of an XRANGE reply, in either shape that clients give it."""
        entry_id, fields = raw
        if not isinstance(fields, dict):
            fields = dict(zip(fields[::2], fields[1::2], strict=True))
        return cls(entry_id.decode(), int(fields[b"thread"]), fields[b"frame"])

    @cached_property
    def message(self) -> MessageFrame:
        """Raises pydantic.ValidationError for what a newer version, or nobody of ours, put here."""
        return MessageFrame.model_validate_json(self.frame)

    @cached_property
    def named(self) -> Named | None:
        """None where this is no message at all."""
        try:
            return Named.model_validate_json(self.frame)
        except ValidationError:
            return None

    @property
    def identity(self) -> str:
        """Empty where this is no message at all, and so has no note in the outbox."""
        return identity_of(self.named) if self.named else ""

    @property
    def sender_id(self) -> str:
        """Empty where this is no message at all."""
        _, _, named = self.identity.partition(":")
        return named.rpartition(":")[0]

    @property
    def accepted_at(self) -> int:
        """Milliseconds since 1970, by the clock of Redis."""
        return self.age[0]

    @property
    def age(self) -> tuple[int, int]:
        """Sorts entries of all outboxes, the oldest first."""
        milliseconds, _, number = self.id.partition("-")
        return int(milliseconds), int(number)
