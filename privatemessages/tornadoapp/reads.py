"""Read marks, gathered: only the highest and latest for each person and thread is kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MARKS_AT_ONCE = 500


@dataclass(frozen=True)
class ReadMark:
    """`at` is when it was read, in milliseconds since 1970 UTC."""

    thread: int
    user: str
    seq: int
    at: int


class ReadMarks:
    def __init__(self) -> None:
        self._highest: dict[tuple[int, str], tuple[int, int]] = {}  # seq, at

    def __len__(self) -> int:
        return len(self._highest)

    def add(self, mark: ReadMark) -> None:
        key = (mark.thread, mark.user)
        self._highest[key] = max((mark.seq, mark.at), self._highest.get(key, (0, 0)))

    def take(self) -> list[ReadMark]:
        """The oldest ones, removed; `add` them again where saving failed."""
        keys = list(self._highest)[:MARKS_AT_ONCE]
        return [ReadMark(*key, *self._highest.pop(key)) for key in keys]
