"""What a client wrote and nobody stored yet. Pure.

One message per thread is on its way to `accepted`; the next follows then. What is not stored is
sent again with the same id, on every connection and after a pause that doubles.
"""

from dataclasses import dataclass
from random import Random
from uuid import UUID

JITTER = 0.2  # part of a pause
REFUSAL_WAIT = 2.0  # s, where the server names none


@dataclass
class Item:
    id: str
    thread: int
    text: str
    attempts: int = 0  # since this connection began
    due: float = 0.0  # s
    sent: int = 0  # how often, ever


class Outbox:
    def __init__(
        self,
        chance: Random,
        *,
        floor: float,
        ceiling: float,
        believes_accepted: bool = False,
        in_order: bool = True,
    ) -> None:
        self._chance = chance
        self._floor, self._ceiling = floor, ceiling
        self._believes_accepted = believes_accepted
        self._in_order = in_order
        self._lanes: dict[int, dict[str, Item]] = {}
        self._on_the_way: dict[int, str] = {}
        self._connected = False
        self._shut_until = 0.0
        self.resends = 0

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def add(self, thread: int, text: str) -> Item:
        item = Item(str(UUID(int=self._chance.getrandbits(128), version=4)), thread, text)
        self._lanes.setdefault(thread, {})[item.id] = item
        return item

    def connected(self) -> None:
        self._connected = True
        self.again()

    def again(self) -> None:
        """What was accepted may be forgotten: from the oldest on, so that nothing overtakes it."""
        for lane in self._lanes.values():
            for item in lane.values():
                item.attempts, item.due = 0, 0.0

    def disconnected(self) -> None:
        self._connected = False
        self._on_the_way.clear()

    def take_due(self, now: float) -> list[Item]:
        """What is to be sent now, at most one of each thread."""
        if not self._connected or now < self._shut_until:
            return []
        due = [self._due_in(thread, now) for thread in self._lanes]
        return [self._send(item, now) for item in due if item is not None]

    def accepted(self, thread: int, message_id: str) -> None:
        self._arrived(message_id)
        if self._believes_accepted:
            self.stored(thread, message_id)

    def stored(self, thread: int, message_id: str) -> None:
        self._arrived(message_id)
        self._lanes.get(thread, {}).pop(message_id, None)

    def give_up(self, message_id: str) -> None:
        for thread in self._lanes:
            self.stored(thread, message_id)

    def give_up_all(self, thread: int) -> list[str]:
        """Of this thread; their ids."""
        self._on_the_way.pop(thread, None)
        return list(self._lanes.pop(thread, {}))

    def postponed(self, message_id: str, wait: float | None, now: float) -> None:
        """Refused for the moment: nothing more is sent until the wait, in s, is over."""
        self._shut_until = now + (REFUSAL_WAIT if wait is None else wait)
        self._arrived(message_id)
        for lane in self._lanes.values():
            if message_id in lane:
                lane[message_id].attempts, lane[message_id].due = 0, 0.0

    def _due_in(self, thread: int, now: float) -> Item | None:
        lane = list(self._lanes[thread].values())[:: 1 if self._in_order else -1]
        item = next((item for item in lane if item.due <= now), None)
        busy = self._on_the_way.get(thread)
        return item if item and busy in (None, item.id) else None

    def _send(self, item: Item, now: float) -> Item:
        pause = min(self._ceiling, self._floor * 2**item.attempts)
        item.due = now + pause * (1 + JITTER * self._chance.random())
        item.attempts += 1
        self.resends += item.sent > 0
        item.sent += 1
        self._on_the_way[item.thread] = item.id
        return item

    def _arrived(self, message_id: str) -> None:
        for thread, busy in list(self._on_the_way.items()):
            if busy == message_id:
                del self._on_the_way[thread]
