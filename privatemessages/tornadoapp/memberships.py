"""Rights that follow the moment: what changes for a person while their sockets are open."""

from __future__ import annotations

from collections.abc import Mapping

from .. import protocol
from ..broker.subscriptions import Subscriptions
from ..errors import NotSignedIn, Unavailable
from ..history import Place
from ..protocol import CloseCode
from .connections import Person
from .hub import Hub
from .identity import Arrival, Identity
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
        """Subscribed and confirmed first, then let in, then told the head: nothing falls between.

        Raises Unavailable.
        """
        if thread_id in person.places:
            return
        with self._relay.in_use(person.id, thread_id):
            await self._subscriptions.subscribe(self._relay.channels(person.id, [thread_id]))
            place = await self._place(person, thread_id)
            if place is not None and thread_id not in person.places:
                self._hub.admit(person, thread_id, may_post=place.may_post)
                await self._tell_joined(person, thread_id)

    async def _tell_joined(self, person: Person, thread_id: int) -> None:
        """The head is read once they listen: what was told before that, they have not heard."""
        try:
            place = await self._place(person, thread_id)
        except Unavailable:
            self._hub.dismiss(person, thread_id)
            raise
        if place is None:
            self.dismiss(person, thread_id)
        elif thread_id in person.places:
            joined = protocol.Joined(thread=thread_id, head=head_of(place))
            self._tell(person, thread_id, joined)

    async def _place(self, person: Person, thread_id: int) -> Place | None:
        while True:
            changes = person.changes
            place = await self._identity.place(person.id, thread_id)
            # An event that came meanwhile is newer than what was read.
            if person.changes == changes:
                return place

    def dismiss(self, person: Person, thread_id: int) -> None:
        if thread_id in person.places:
            self._tell(person, thread_id, protocol.Removed(thread=thread_id))
        for connection in tuple(person.connections):
            if connection.only == thread_id:
                connection.close(CloseCode.FORBIDDEN)
        # Counted in any case: the place may be about to be given by a reading that is older.
        self._hub.dismiss(person, thread_id)
        self._relay.linger(person.id, self._hub.unheard([thread_id]))

    async def read_again(self, person: Person, session: str) -> Arrival:
        """What the database says of this person now, carried out here.

        Raises NotSignedIn where the session is no longer this person's, and Unavailable.
        """
        while True:
            changes = person.changes
            arrival = await self._identity.arrive(session)
            if arrival.user_id != person.id:
                raise NotSignedIn
            # An event that came meanwhile is newer than what was read.
            if person.changes == changes:
                break
        person.name = arrival.name
        await self._agree(person, arrival.places)
        return arrival

    async def _agree(self, person: Person, places: Mapping[int, Place]) -> None:
        for thread_id in person.places.keys() - places.keys():
            self.dismiss(person, thread_id)
        for thread_id in places.keys() & person.places.keys():
            person.places[thread_id] = places[thread_id].may_post
        for thread_id in places.keys() - person.places.keys():
            await self.admit(person, thread_id)

    def _tell(self, person: Person, thread_id: int, frame: protocol.Frame) -> None:
        for connection in tuple(person.connections):
            if connection.wants(thread_id):
                connection.tell(frame)


def head_of(place: Place) -> protocol.Head:
    return protocol.Head(version=place.version, read=place.read)


def heads_of(places: Mapping[int, Place]) -> dict[str, protocol.Head]:
    return {str(thread_id): head_of(place) for thread_id, place in places.items()}
