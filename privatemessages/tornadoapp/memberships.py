"""Rights that follow the moment: what changes for a person while their sockets are open."""

from __future__ import annotations

from collections.abc import Mapping

from .. import protocol
from ..broker.subscriptions import Subscriptions
from ..errors import NotSignedIn, Unavailable
from ..protocol import CloseCode
from ..standing import Place, Standing
from .connections import Person
from .hub import Hub
from .identity import Arrival, Identity
from .relay import Relay

REVIEWED_AT_ONCE = 500  # people in one query


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
                self._hub.admit(person, thread_id, place.standing)
                await self._tell_joined(person, thread_id)

    async def _tell_joined(self, person: Person, thread_id: int) -> None:
        """The place is read once they listen: what was told before that, they have not heard."""
        try:
            place = await self._place(person, thread_id)
        except Unavailable:
            self._hub.dismiss(person, thread_id)
            raise
        if place is None:
            self.dismiss(person, thread_id)
        elif thread_id in person.places:
            person.tell(thread_id, protocol.Joined(thread=thread_id, head=head_of(place)))
            self._agree_on(person, thread_id, place)

    async def _place(self, person: Person, thread_id: int) -> Place | None:
        while True:
            changes = person.changes
            place = await self._identity.place(person.id, thread_id)
            # An event that came meanwhile is newer than what was read.
            if person.changes == changes:
                return place

    def dismiss(self, person: Person, thread_id: int) -> None:
        if thread_id in person.places:
            person.tell(thread_id, protocol.Removed(thread=thread_id))
        for connection in tuple(person.connections):
            if connection.only == thread_id:
                connection.close(CloseCode.FORBIDDEN)
        # Counted in any case: the place may be about to be given by a reading that is older.
        self._hub.dismiss(person, thread_id)
        self._relay.linger(person.id, self._hub.unheard([thread_id]))

    async def update(self, person: Person, thread_id: int) -> None:
        """Reads one place again, which has changed. Raises Unavailable."""
        person.changes += 1  # what is being read already may be older
        if thread_id in person.places:
            self._agree_on(person, thread_id, await self._place(person, thread_id))

    async def review(self, thread_id: int) -> None:
        """Reads the places of all who listen here again. Raises Unavailable."""
        listeners = self._hub.listeners(thread_id)
        people = list({person for it in listeners if (person := it.person) is not None})
        for start in range(0, len(people), REVIEWED_AT_ONCE):
            await self._review(thread_id, set(people[start : start + REVIEWED_AT_ONCE]))

    async def _review(self, thread_id: int, people: set[Person]) -> None:
        while people:
            for person in people:
                person.changes += 1  # what is being read already may be older
            begun = {person.id: person.changes for person in people}
            places = await self._identity.places(thread_id, list(begun))
            # An event that came meanwhile is newer than what was read.
            overtaken = {person for person in people if person.changes != begun[person.id]}
            for person in people - overtaken:
                self._agree_on(person, thread_id, places.get(person.id))
            people = overtaken

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
        self._hub.agree(person, arrival.preferences)
        await self._agree(person, arrival.places)
        return arrival

    async def _agree(self, person: Person, places: Mapping[int, Place]) -> None:
        for thread_id in list(person.places):
            self._agree_on(person, thread_id, places.get(thread_id))
        for thread_id in places.keys() - person.places.keys():
            await self.admit(person, thread_id)

    def _agree_on(self, person: Person, thread_id: int, place: Place | None) -> None:
        """What was read of a place that they had here."""
        held = person.places.get(thread_id)
        if held is None:
            return
        if place is None:
            self.dismiss(person, thread_id)
        elif place.standing != held:
            self._hub.admit(person, thread_id, place.standing)
            person.tell(thread_id, _rights(thread_id, place.standing))


def head_of(place: Place) -> protocol.Head:
    return protocol.Head(version=place.version, read=place.read)


def heads_of(places: Mapping[int, Place]) -> dict[str, protocol.Head]:
    return {str(thread_id): head_of(place) for thread_id, place in places.items()}


def _rights(thread_id: int, standing: Standing) -> protocol.Rights:
    return protocol.Rights(
        thread=thread_id,
        role=standing.role.value,
        may_post=standing.may_post,
        muted_until=standing.muted_until,
    )
