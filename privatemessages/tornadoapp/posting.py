"""The outbox's entries, as Django's save endpoint takes them, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from ..broker.entries import Entry
from .endpoints import Caller, CallFailed
from .reads import ReadMark


class Answer(BaseModel):
    status: Literal["stored", "duplicate", "refused"]
    seq: int | None = None
    code: str | None = None


class Answers(BaseModel):
    results: list[Answer]


class Posting:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def post(self, entries: Sequence[Entry], reads: Sequence[ReadMark]) -> list[Answer]:
        """One answer for each entry, in order; raises CallFailed for everything else."""
        answer = await self._caller.post(_read_body(entries, reads))
        try:
            answers = Answers.model_validate_json(answer).results
        except ValidationError:
            raise CallFailed("the answer is not ours", answered=False) from None
        if len(answers) != len(entries):
            raise CallFailed("the answer is of another length", answered=True)
        return answers


def _read_body(entries: Sequence[Entry], reads: Sequence[ReadMark]) -> bytes:
    try:
        return _body(entries, reads)
    except ValidationError as error:
        # A worker of another version may be able to; here only its own thread waits for it.
        raise CallFailed("an entry cannot be read", answered=True) from error


def _body(entries: Sequence[Entry], reads: Sequence[ReadMark]) -> bytes:
    content = {
        "messages": [_message(entry) for entry in entries],
        "reads": [asdict(mark) for mark in reads],
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _message(entry: Entry) -> dict[str, Any]:
    message = entry.message
    return {
        "thread": message.thread,
        "sender": message.sender and message.sender.id,
        "id": message.id,
        "text": message.text,
        "kind": message.kind,
        "sent_at": message.sent_at,
        "reply_to": message.reply_to,
    }
