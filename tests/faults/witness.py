"""A client that remembers everything that it ever saw, and when it wrote what."""

import time
from typing import Any

from tests.client import Client
from tests.client.history import Key, key_of
from tests.client.holes import Question
from tests.faults.register import Sight


class Witness(Client):
    """`wrote`: milliseconds since 1970 UTC, thread, id. `refused`: what it was told to drop."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.sights: list[Sight] = []
        self.wrote: list[tuple[float, int, str]] = []
        self.refused: set[tuple[int, Key]] = set()

    def write(self, thread: int, text: str) -> str:
        message_id = super().write(thread, text)
        self.wrote.append((_now(), thread, message_id))
        return message_id

    def hear(self, frame: dict[str, Any], now: float) -> None:
        if frame["type"] == "message":
            self._see([frame], live=True)
        elif frame["type"] == "refused":
            self.refused.add((frame["thread"], (frame["sender"], frame["id"])))
        super().hear(frame, now)

    def answer(self, question: Question, answer: dict[str, Any], now: float) -> bool:
        self._see(answer["messages"], live=False)
        return super().answer(question, answer, now)

    def answer_afresh(self, question: Question, page: dict[str, Any], now: float) -> None:
        self._see(page["messages"], live=False)
        super().answer_afresh(question, page, now)

    def _see(self, messages: list[dict[str, Any]], *, live: bool) -> None:
        for message in messages:
            self.sights.append(
                Sight(message["thread"], key_of(message), message["sent_at"], _now(), live)
            )


def _now() -> float:
    return time.time() * 1000
