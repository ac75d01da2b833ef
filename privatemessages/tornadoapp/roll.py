"""Who is here, as it was last looked at. Pure; `now` is in seconds."""

from __future__ import annotations

from typing import NamedTuple

from ..broker.presence import Field
from .connections import Person
from .hub import Hub

ABSENCE = 15.0  # s after which who left is gone: a reload comes back at once
DIRECT = "direct"  # the kind of thread where both are looked at as people

NOBODY: frozenset[str] = frozenset()


class Roll:
    """The people in each group and room."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._leaving: dict[int, dict[str, float]] = {}  # by thread: when they count as gone
        self.people: dict[Field, frozenset[str]] = {}

    def changes(self, now: float) -> dict[Field, frozenset[str]]:
        """The threads where somebody came or went since this was asked, and who is there."""
        changed: dict[Field, frozenset[str]] = {}
        for thread_id in filter(self._gathers, self._hub.take_changed() | self._due(now)):
            before = self.people.pop(thread_id, NOBODY)
            here = self._here(thread_id)
            there = here | self._lingering(thread_id, before - here, now)
            if there:
                self.people[thread_id] = there
            if there != before:
                changed[thread_id] = there
        return changed

    def _gathers(self, thread_id: int) -> bool:
        """Whether it is a group or room; one that all have left, if anybody was there.

        Of direct threads there are too many to look closer at each when many people come at once.
        """
        listener = next(iter(self._hub.listeners(thread_id)), None)
        if listener is None or listener.person is None:
            return thread_id in self.people
        return listener.person.places[thread_id].kind != DIRECT

    def _due(self, now: float) -> set[int]:
        leaving = self._leaving.items()
        return {thread_id for thread_id, gone_at in leaving if min(gone_at.values()) <= now}

    def _here(self, thread_id: int) -> frozenset[str]:
        people = {it.person for it in self._hub.listeners(thread_id)}
        return frozenset(person.id for person in people if person is not None)

    def _lingering(self, thread_id: int, left: frozenset[str], now: float) -> set[str]:
        """Those of them who are not gone yet."""
        known = self._leaving.pop(thread_id, {})
        leaving = {user_id: known.get(user_id, now + ABSENCE) for user_id in left}
        staying = {
            user_id: gone_at
            for user_id, gone_at in leaving.items()
            if gone_at > now and not self._was_dismissed(user_id, thread_id)
        }
        if staying:
            self._leaving[thread_id] = staying
        return set(staying)

    def _was_dismissed(self, user_id: str, thread_id: int) -> bool:
        """Whether they are connected, and have no place there any more."""
        person = self._hub.person(user_id)
        return person is not None and thread_id not in person.places


class Moves(NamedTuple):
    """Who came, and who is gone, as they were when they left."""

    came: list[Person]
    went: list[Person]


class Attendance:
    """The people themselves, whatever they listen to; not those who hide that they are here."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._leaving: dict[str, float] = {}  # when they count as gone
        self.people: dict[str, Person] = {}

    def changes(self, now: float) -> Moves:
        """Since this was asked last."""
        moves = Moves([], [])
        for user_id in self._hub.take_moved() | self._due(now):
            person = self._hub.person(user_id)
            if person is None:
                self._leave(user_id, now, moves)
            elif person.preferences.shows_presence:
                self._come(person, moves)
            else:
                self._go(person, moves)
        return moves

    def _due(self, now: float) -> set[str]:
        return {user_id for user_id, gone_at in self._leaving.items() if gone_at <= now}

    def _come(self, person: Person, moves: Moves) -> None:
        if person.id not in self.people:
            moves.came.append(person)
        self.people[person.id] = person
        self._leaving.pop(person.id, None)

    def _leave(self, user_id: str, now: float, moves: Moves) -> None:
        """Not at once, but once the time of absence is over."""
        person = self.people.get(user_id)
        if person is not None and self._leaving.setdefault(user_id, now + ABSENCE) <= now:
            self._go(person, moves)

    def _go(self, person: Person, moves: Moves) -> None:
        """`person` shows what they show now."""
        if self.people.pop(person.id, None):
            moves.went.append(person)
        self._leaving.pop(person.id, None)
