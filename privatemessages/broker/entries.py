"""What lies in the outbox: a spoken message, as it was published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..protocol import MessageFrame

Fields = dict[bytes, bytes]


def identity_of(message: MessageFrame) -> str:
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
        return MessageFrame.model_validate_json(self.frame)

    @cached_property
    def identity(self) -> str:
        return identity_of(self.message)

    @property
    def accepted_at(self) -> int:
        """Milliseconds since 1970, by the clock of Redis."""
        return int(self.id.partition("-")[0])
