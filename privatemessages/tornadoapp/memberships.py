"""Rights that follow the moment: what changes for a person while their sockets are open."""

from __future__ import annotations

from collections.abc import Mapping

from .. import protocol
from ..broker.subscriptions import Subscriptions
from ..history import Place
from ..protocol import CloseCode
from .connections import Person
from .hub import Hub
from .identity import Identity
from .relay import Relay


class Memberships:
    def __init__(
        self, hub: Hub, relay: Relay, subscriptions: Subscriptions, identity: Identity
    ) -> None:
        self._hub = hub
        self._relay = relay
        self._subscriptions = subscriptions
        self._identity = identity

    async def admit(self, person: Person, thread_id: int) -> None:
        """Subscribed and confirmed first, then the head is read and told: nothing falls between.

        Raises Unavailable.
        """
        if thread_id in person.places:
            return
        await self._subscriptions.subscribe(self._relay.channels(person.id, [thread_id]))
        place = await self._identity.place(person.id, thread_id)
        if place is not None and thread_id not in person.places:
            self._hub.admit(person, thread_id, may_post=place.may_post)
            self._tell(person, thread_id, protocol.Joined(thread=thread_id, head=head_of(place)))

    def dismiss(self, person: Person, thread_id: int) -> None:
        if thread_id not in person.places:
            return
        self._tell(person, thread_id, protocol.Removed(thread=thread_id))
        for connection in person.connections.copy():
            if connection.only == thread_id:
                connection.close(CloseCode.FORBIDDEN)
        self._hub.dismiss(person, thread_id)
        self._relay.linger(person.id, self._hub.unheard([thread_id]))

    async def agree(self, person: Person, places: Mapping[int, Place]) -> None:
        """Brings what this worker believes to what the database said; raises Unavailable."""
        for thread_id in person.places.keys() - places.keys():
            self.dismiss(person, thread_id)
        for thread_id in places.keys() & person.places.keys():
            person.places[thread_id] = places[thread_id].may_post
        for thread_id in places.keys() - person.places.keys():
            await self.admit(person, thread_id)

    def _tell(self, person: Person, thread_id: int, frame: protocol.Frame) -> None:
        for connection in person.connections:
            if connection.wants(thread_id):
                connection.tell(frame)


def head_of(place: Place) -> protocol.Head:
    return protocol.Head(version=place.version, read=place.read)


def heads_of(places: Mapping[int, Place]) -> dict[str, protocol.Head]:
    return {str(thread_id): head_of(place) for thread_id, place in places.items()}
