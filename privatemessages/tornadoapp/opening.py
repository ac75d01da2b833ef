"""A socket's beginning and end, in the one order in which nothing can fall between."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain

from pydantic import ValidationError

from .. import protocol
from ..broker.asynchronous import Broker
from ..broker.entries import Entry
from ..broker.spoken import newest
from ..conf import Settings
from ..errors import MessengerError, NotFound, NotSignedIn, RateLimited
from ..protocol import CloseCode
from ..standing import Place
from .connections import Connection, Person
from .hub import Hub
from .identity import Arrival, Identity
from .journal import Journal
from .limits import Absent
from .memberships import Memberships, heads_of
from .monitoring import Metrics
from .relay import Relay

logger = logging.getLogger(__name__)


class TooManySockets(Exception):
    """This person has as many sockets here as one may have."""


class Left(Exception):
    """The connection was closed, from whichever side, before it was greeted."""


class Opening:
    def __init__(  # noqa: PLR0913, PLR0917 - it walks through all these parts, in order
        self,
        settings: Settings,
        hub: Hub,
        relay: Relay,
        broker: Broker,
        identity: Identity,
        memberships: Memberships,
        metrics: Metrics,
        journal: Journal,
    ) -> None:
        self._settings = settings
        self._hub = hub
        self._relay = relay
        self._broker = broker
        self._identity = identity
        self._memberships = memberships
        self._metrics = metrics
        self._journal = journal
        self._absent = Absent(settings.SEND_RATE, settings.SEND_BURST)
        self._opening: defaultdict[str, set[Connection]] = defaultdict(set)  # by their session

    async def open(self, connection: Connection) -> None:
        """Greets the connection, or closes it with the code that says why not."""
        try:
            with self._being_opened(connection):
                await self._join_and_greet(connection)
        except Left:
            self._journal.left(connection)
        except NotSignedIn:
            self._turn_away(connection, CloseCode.NOT_SIGNED_IN)
        except NotFound:
            self._turn_away(connection, CloseCode.FORBIDDEN)
        except TooManySockets:
            self._turn_away(connection, CloseCode.TOO_MANY_SOCKETS)
        except RateLimited:
            self._turn_away(connection, CloseCode.FLOOD)
        except MessengerError as error:
            logger.warning("A socket could not be opened: %s", error, extra=connection.names)
            self._turn_away(connection, CloseCode.FAILED)
        except BaseException:
            # Tornado breaks the connection then, and tells no handler that it is closed.
            self.leave(connection)
            raise

    def leave(self, connection: Connection) -> None:
        """The connection hears nothing any more; its channels linger for a while."""
        person = connection.person
        if person is None or connection not in person.connections:
            return
        self._hub.leave(connection)
        self._metrics.sockets.dec()
        self._journal.ended(connection)
        if not person.connections:
            self._absent.leave(person.id, person.limits)
        self._relay.linger(person.id, self._hub.unheard(connection.threads(person.places)))

    def forget_absent(self, now: float) -> None:
        self._absent.forget_full(now)

    def connections(self) -> Iterator[Connection]:
        """Those that are not greeted yet."""
        return chain.from_iterable(self._opening.values())

    @contextmanager
    def _being_opened(self, connection: Connection) -> Iterator[None]:
        """No more at once than may be open: otherwise one browser could keep the database busy."""
        siblings = self._opening[connection.session]
        if len(siblings) >= self._settings.SOCKETS_PER_PERSON:
            raise RateLimited
        siblings.add(connection)
        try:
            yield
        finally:
            siblings.discard(connection)
            if not siblings:
                del self._opening[connection.session]

    async def _join_and_greet(self, connection: Connection) -> None:
        if not connection.session:
            raise NotSignedIn
        arrival = await self._identity.arrive(connection.session)
        person = self._join(connection, arrival)
        threads = connection.threads(person.places)
        await self._broker.subscriptions.subscribe(self._relay.channels(person.id, threads))
        # Only now: what was published before the confirmation is seen by nobody but the database.
        arrival = await self._memberships.read_again(person, connection.session)
        spoken = await self._spoken(connection, arrival.places)
        connection.greet(self._hello(arrival), spoken)
        self._journal.greeted(connection)

    async def _spoken(self, connection: Connection, places: Mapping[int, Place]) -> list[bytes]:
        """Within what a reader may leave unread: a whole backlog would cut off whoever comes."""
        found = await self._broker.spoken(connection.threads(places))
        theirs = [entry for entry in found if _is_for(places[entry.thread_id], entry)]
        room = self._settings.WRITE_BUFFER // 2
        return [entry.frame for entry in newest(theirs, room)]

    def _join(self, connection: Connection, arrival: Arrival) -> Person:
        if connection.closed:
            raise Left
        if connection.only is not None and connection.only not in arrival.places:
            raise NotFound
        person = self._hub.person(arrival.user_id) or self._arriving(arrival)
        if len(person.connections) >= self._settings.SOCKETS_PER_PERSON:
            raise TooManySockets
        self._hub.join(connection, person)
        self._metrics.sockets.inc()
        return person

    def _arriving(self, arrival: Arrival) -> Person:
        person = Person(arrival.user_id, arrival.name, self._absent.arrive(arrival.user_id))
        person.places = {number: place.standing for number, place in arrival.places.items()}
        person.preferences = arrival.preferences
        return person

    def _hello(self, arrival: Arrival) -> protocol.Hello:
        return protocol.Hello(
            user=protocol.Sender(id=arrival.user_id, name=arrival.name),
            heartbeat=self._settings.HEARTBEAT,
            threads=heads_of(arrival.places),
        )

    def _turn_away(self, connection: Connection, code: CloseCode) -> None:
        self._journal.refused(connection, code)
        connection.close(code)


def _is_for(place: Place, entry: Entry) -> bool:
    """By the same moment as the history has it. What cannot be read is no newcomer's."""
    if place.since is None:
        return True
    try:
        return place.hears(entry.message.sent_at)
    except ValidationError:
        return False
