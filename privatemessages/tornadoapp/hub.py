"""Who is connected here, and who listens to which thread. Pure: no input, no output."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ..protocol import Preferences
from ..standing import Standing
from .connections import Connection, Person


class Hub:
    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._listeners: dict[int, set[Connection]] = {}
        self._changed: set[int] = set()
        self._moved: set[str] = set()

    def join(self, connection: Connection, person: Person) -> None:
        """The connection listens to the threads of the person from now on."""
        connection.person = person
        self._people[person.id] = person
        self._moved.add(person.id)
        person.connections.add(connection)
        for thread_id in connection.threads(person.places):
            self._listen(thread_id, connection)

    def leave(self, connection: Connection) -> None:
        person = connection.person
        if person is None or connection not in person.connections:
            return
        person.connections.discard(connection)
        for thread_id in connection.threads(person.places):
            self._forget(thread_id, connection)
        if not person.connections:
            del self._people[person.id]
            self._moved.add(person.id)

    def admit(self, person: Person, thread_id: int, standing: Standing) -> None:
        """The person has this place in the thread now."""
        person.changes += 1
        person.places[thread_id] = standing
        for connection in person.connections:
            if connection.wants(thread_id):
                self._listen(thread_id, connection)

    def dismiss(self, person: Person, thread_id: int) -> None:
        """The person has no place in this thread any more."""
        person.changes += 1
        person.places.pop(thread_id, None)
        for connection in person.connections:
            self._forget(thread_id, connection)

    def agree(self, person: Person, preferences: Preferences) -> None:
        """This is what the person shows of themselves now."""
        person.preferences = preferences
        self._moved.add(person.id)

    def listeners(self, thread_id: int) -> Collection[Connection]:
        return self._listeners.get(thread_id, ())

    def person(self, user_id: str) -> Person | None:
        return self._people.get(user_id)

    def people(self) -> Collection[Person]:
        return self._people.values()

    def connections(self) -> Iterator[Connection]:
        for person in self._people.values():
            yield from person.connections

    def unheard(self, thread_ids: Iterable[int]) -> list[int]:
        """Those of these threads to which nobody here listens."""
        return [thread_id for thread_id in thread_ids if thread_id not in self._listeners]

    def take_changed(self) -> set[int]:
        """The threads to which others may be listening than when this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    def take_moved(self) -> set[str]:
        """Those who may have come, gone or hidden since this was asked last."""
        moved, self._moved = self._moved, set()
        return moved

    def _listen(self, thread_id: int, connection: Connection) -> None:
        self._changed.add(thread_id)
        self._listeners.setdefault(thread_id, set()).add(connection)

    def _forget(self, thread_id: int, connection: Connection) -> None:
        self._changed.add(thread_id)
        listeners = self._listeners.get(thread_id)
        if listeners is None:
            return
        listeners.discard(connection)
        if not listeners:
            del self._listeners[thread_id]
