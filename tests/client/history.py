"""One thread as a client holds it. Pure: what is told goes in, what is missing comes out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str]  # the sender's id, and the id that the sender chose


@dataclass
class Held:
    text: str
    seq: int | None = None


@dataclass
class Copy:
    """`version`: all changes up to it are known. `told`: the highest one heard of.

    `oldest` is where the loaded part begins. `refused` was spoken and will never be stored.
    `contradictions` are numbers that do not fit what was held already, which must never be told.
    """

    version: int = 0
    told: int = 0
    oldest: int = 1
    entries: dict[Key, Held] = field(default_factory=dict)
    refused: set[Key] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)
    _beyond: set[int] = field(default_factory=set)  # versions known past a hole
    _ahead: bool = False  # the history was said to end before `version`: a backup may be restored

    @property
    def behind(self) -> bool:
        return self._ahead or self.told > self.version

    @property
    def spoken(self) -> list[Key]:
        """What nobody told to be stored yet, in the order of arrival."""
        return [key for key, held in self.entries.items() if held.seq is None]

    @property
    def stored(self) -> list[tuple[int, Key, str]]:
        """(seq, key, text), in the order of `seq`."""
        numbered = [(held.seq, key, held.text) for key, held in self.entries.items() if held.seq]
        return sorted(numbered)

    def hear_message(self, message: dict[str, Any]) -> None:
        if message["seq"] is not None:
            self._store(message)
            self._advance()
        elif key_of(message) not in self.refused:
            self.entries.setdefault(key_of(message), Held(message["text"]))

    def hear_stored(self, key: Key, seq: int) -> None:
        held = self.entries.get(key)
        self.told = max(self.told, seq)
        if seq < self.oldest:
            self._forget_spoken(key)
        elif held is not None:
            self._number(key, held, seq)
            self._advance()
        elif seq in (other.seq for other in self.entries.values()):
            self.contradictions.append(f"{key} was told as {seq}, where I hold something else")

    def hear_refused(self, key: Key) -> None:
        self.refused.add(key)
        self._forget_spoken(key)

    def hear_head(self, version: int) -> None:
        self.told = max(self.told, version)
        self._ahead = version < self.version

    def hear_thread(self, version: int, cleared: int) -> None:
        self._clear(cleared)
        self.told = max(self.told, version)

    def connected_anew(self) -> None:
        """What is only spoken is told again now: else it is stored, or was refused meanwhile."""
        for key in self.spoken:
            self._forget_spoken(key)

    def catch_up(self, messages: Iterable[dict[str, Any]], version: int, cleared: int = 0) -> None:
        """The answer to `changes`. The history up to `cleared` is not mine, or not any more."""
        self._clear(cleared)
        for message in messages:
            self._store(message)
        self.version = max(self.version, version)
        self._ahead = False
        self._advance()

    def start_over(self, messages: list[dict[str, Any]], version: int, cleared: int = 0) -> None:
        """The newest page, because too much was missed to be told one by one."""
        self.oldest = messages[0]["seq"] if messages else 1
        if version < self.version:
            self._believe_nothing()
        for key, held in list(self.entries.items()):
            if held.seq is not None and held.seq <= version:
                del self.entries[key]
        self.catch_up(messages, version, cleared)

    def _clear(self, cleared: int) -> None:
        for key, held in list(self.entries.items()):
            if held.seq is not None and held.seq <= cleared:
                del self.entries[key]

    def _believe_nothing(self) -> None:
        """The history went back, and counts on from there."""
        self.version = self.told = 0
        self._beyond.clear()
        self.entries = {key: held for key, held in self.entries.items() if held.seq is None}

    def _store(self, message: dict[str, Any]) -> None:
        self._forget_namesake(message)
        held = self.entries.setdefault(key_of(message), Held(""))
        held.text = _text(message)
        self._number(key_of(message), held, message["seq"])
        self._know(message.get("version", message["seq"]))

    def _forget_namesake(self, message: dict[str, Any]) -> None:
        """Of the same number: it has lost its sender, whose account was deleted."""
        for key, held in list(self.entries.items()):
            if held.seq == message["seq"] and key != key_of(message) and not message["sender"]:
                del self.entries[key]

    def _number(self, key: Key, held: Held, seq: int) -> None:
        if held.seq not in (None, seq):
            self.contradictions.append(f"{key} was told as {held.seq} and as {seq}")
        held.seq = seq
        self._know(seq)

    def _know(self, version: int) -> None:
        self.told = max(self.told, version)
        self._beyond.add(version)

    def _forget_spoken(self, key: Key) -> None:
        if key in self.entries and self.entries[key].seq is None:
            del self.entries[key]

    def _advance(self) -> None:
        while self.version + 1 in self._beyond:
            self.version += 1
        self._beyond = {seq for seq in self._beyond if seq > self.version}


def key_of(message: dict[str, Any]) -> Key:
    return (message["sender"] or {"id": ""})["id"], message["id"]


def _text(message: dict[str, Any]) -> str:
    """As it is kept: an event is told in words that are not."""
    event = message.get("event")
    return str(event["value"] if event else message["text"])
