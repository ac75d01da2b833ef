"""Many clients who write all the time, and the comparison at the end."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self
from uuid import UUID

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from tests.client import ALL_ON, Client, Switches, Tab
from tests.client.chance import another, chance
from tests.faults.books import Books, read_books
from tests.faults.check import Writer, problems
from tests.faults.stack import Company, Stack
from tests.faults.waiting import POLL, apart, until

SECOND_TABS = 6  # people who have two
PAUSE = 0.4  # s between two messages of one socket, with a jitter
RESEND_FLOOR, RESEND_CEILING = 2.0, 4.0  # s
GREETED_WAIT = 30.0  # s
SETTLE_WAIT = 120.0  # s, on a slow machine
CONNECTIONS = 60  # to the API at once

CSRF = "c" * 32
BEFORE, DURING, AFTER = "before", "during", "after"


class Traffic:
    """`phase` says in whose count what is written now goes."""

    make_client = Client
    pause = PAUSE

    def __init__(
        self,
        stack: Stack,
        switches: Switches = ALL_ON,
        *,
        seed: int | None = None,
        resend_floor: float = RESEND_FLOOR,
        resend_ceiling: float = RESEND_CEILING,
    ) -> None:
        self.stack = stack
        self.seed = time.time_ns() % 10**9 if seed is None else seed
        self.chance = chance(self.seed)
        self.company: Company = stack.company()
        self.written: Counter[str] = Counter()
        self.phase = BEFORE
        self.writers: list[Writer] = []
        self.http = AsyncHTTPClient(force_instance=True, max_clients=CONNECTIONS)
        self._resending = {"resend_floor": resend_floor, "resend_ceiling": resend_ceiling}
        people = list(self.company.sessions)
        self.tabs = [self._tab(user, switches) for user in people + people[:SECOND_TABS]]
        self._running: list[asyncio.Task[None]] = []
        self._writing: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        print(f"\nseed {self.seed}: {len(self.tabs)} sockets, {len(self.company.threads)} threads")
        self._running = [asyncio.create_task(tab.run()) for tab in self.tabs]
        await until(lambda: all(tab.client.greeted for tab in self.tabs), GREETED_WAIT)
        self._start_writing()
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [*self._writing, *self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.http.close()

    @property
    def clients(self) -> list[Client]:
        return [tab.client for tab in self.tabs]

    def threads_of(self, user: str) -> list[int]:
        return [thread for thread, people in self.company.threads.items() if user in people]

    def threads_for(self, tab: Tab) -> list[int]:
        return self.threads_of(tab.client.user)

    async def flow(self, messages: int) -> None:
        """Until so many more were written."""
        goal = self.written.total() + messages
        await until(lambda: self.written.total() >= goal, SETTLE_WAIT)

    @contextmanager
    def during(self) -> Any:
        self.phase = DURING
        yield
        self.phase = AFTER

    def write(self, tab: Tab, thread: int, text: str = "") -> None:
        self.written[self.phase] += 1
        tab.write(thread, text or f"{len(tab.client.sent)} of {tab.client.user}")

    async def write_in_django(self, user: str, count: int) -> None:
        """Through the JSON API, one after the other; answered means stored."""
        writer = Writer(user)
        self.writers.append(writer)
        for number in range(count):
            thread = self.chance.choice(self.threads_of(user))
            sent = thread, str(UUID(int=self.chance.getrandbits(128), version=4)), f"page {number}"
            writer.sent.append(sent)
            self.written[self.phase] += 1
            await self._post(user, *sent)

    @asynccontextmanager
    async def a_break(self) -> AsyncIterator[Books]:
        """Nobody writes, and all that was written is stored: so the books stay as they are."""
        await self._stop_writing()
        try:
            await until(self._at_rest, SETTLE_WAIT)
        except TimeoutError:
            raise AssertionError("\n".join(self._restless())) from None
        yield await apart(self.books)
        self._start_writing()

    async def settle(self, patience: float = SETTLE_WAIT) -> list[str]:
        """What is wrong still when everybody had time to catch up."""
        async with self.a_break():
            deadline = time.monotonic() + patience
            while found := await self._problems():
                if time.monotonic() > deadline:
                    break
                await asyncio.sleep(POLL)
        print(", ".join(f"{name} {_plain(count)}" for name, count in self.counts().items()))
        return found

    def _start_writing(self) -> None:
        self._writing = [asyncio.create_task(self._keep_writing(tab)) for tab in self.tabs]

    async def _stop_writing(self) -> None:
        for task in self._writing:
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)

    def _restless(self) -> list[str]:
        told = [f"seed {self.seed}", self.stack.output()]
        for client in self.clients:
            if not client.at_rest:
                behind = [thread for thread, copy in client.copies.items() if copy.behind]
                unsaved, greeted = len(client.outbox), client.greeted
                told.append(f"{client.user}: {greeted=} {unsaved=} {behind=} {client.counts}")
        return told

    def _at_rest(self) -> bool:
        return all(client.at_rest for client in self.clients)

    async def _problems(self) -> list[str]:
        books = await apart(self.books)
        return problems(books, self.clients, self.writers)

    def books(self) -> Books:
        return read_books(self.stack.database, self.company.threads)

    def counts(self) -> dict[str, Any]:
        clients = self.clients
        totals = sum((client.counts for client in clients), Counter())
        closings = sum((tab.closings for tab in self.tabs), Counter())
        return {
            "written": self.written,
            "in the database": sum(len(book.rows) for book in self.books().values()),
            "tellings of stored": sum(len(client.told) for client in clients),
            "greetings": sum(tab.greetings for tab in self.tabs),
            "closings": closings,
            "resends": sum(client.outbox.resends for client in clients),
            "questions": totals["questions"],
            "caught up": totals["caught up"],
            "afresh": totals["afresh"],
            "heads": totals["heads"],
            "unavailable": totals["unavailable"],
            "rate limited": totals["rate_limited"],
        }

    def _tab(self, user: str, switches: Switches) -> Tab:
        own = another(self.chance)
        client = self.make_client(user, own, switches, **self._resending)
        return Tab(self.stack.site, self.company.sessions[user], client, self.http, own)

    async def _keep_writing(self, tab: Tab) -> None:
        own = another(self.chance)
        while True:
            await asyncio.sleep(self.pause * (0.5 + own.random()))
            if threads := self.threads_for(tab):
                self.write(tab, own.choice(threads))

    async def _post(self, user: str, thread: int, message_id: str, text: str) -> None:
        cookies = f"sessionid={self.company.sessions[user]}; csrftoken={CSRF}"
        await self.http.fetch(
            HTTPRequest(
                f"{self.stack.site.api}threads/{thread}/messages",
                method="POST",
                headers={"Cookie": cookies, "X-CSRFToken": CSRF},
                body=json.dumps({"id": message_id, "text": text}),
            )
        )


def _plain(count: object) -> object:
    return dict(count) if isinstance(count, Counter) else count
