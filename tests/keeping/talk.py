"""Two people who talk through a worker, as they see it."""

import asyncio
from contextlib import asynccontextmanager

from tornado.httpclient import AsyncHTTPClient

from tests.client import Client, Tab
from tests.client.chance import another, chance
from tests.faults.books import read_books
from tests.faults.check import seen_wrongly
from tests.faults.waiting import until

SEED = 5
PATIENCE = 30.0  # s


class Talk:
    """Two people in their thread; each has a tab."""

    def __init__(self, site):
        company = site.company()
        self.site, self.source = site, chance(SEED)
        self.thread, people = next(iter(company.threads.items()))
        self.http = AsyncHTTPClient(force_instance=True)
        self.tabs = [self._tab(user, company.sessions[user]) for user in people]

    def _tab(self, user, session):
        client = Client(user, another(self.source), resend_floor=1.0, resend_ceiling=2.0)
        return Tab(self.site.site, session, client, self.http, another(self.source))

    def write(self, *texts):
        for number, text in enumerate(texts):
            self.tabs[number % 2].write(self.thread, text)

    async def all_stored(self):
        await until(lambda: all(tab.client.at_rest for tab in self.tabs), PATIENCE)

    async def greeted_again(self, times):
        await until(lambda: all(tab.greetings > times for tab in self.tabs), PATIENCE)

    def all_spoken(self):
        """To both of them, and more is stored than nothing."""
        return all(self._copy(tab).spoken and self._copy(tab).stored for tab in self.tabs)

    def shown(self):
        """What each of them sees, as they see it."""
        return [[text for _, _, text in self._copy(tab).stored] for tab in self.tabs]

    def numbers(self):
        return [seq for seq, _, _ in self._copy(self.tabs[0]).stored]

    def _copy(self, tab):
        return tab.client.copies[self.thread]

    def wrong(self):
        """What either of them sees otherwise than the database has it."""
        return [wrong for tab in self.tabs for wrong in self.wrong_to(tab)]

    def wrong_to(self, tab):
        books = read_books(self.site.database, [self.thread])
        return [*seen_wrongly(books, tab.client)]


@asynccontextmanager
async def talking(site):
    talk = Talk(site)
    running = [asyncio.create_task(tab.run()) for tab in talk.tabs]
    try:
        await talk.greeted_again(0)
        yield talk
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        talk.http.close()
