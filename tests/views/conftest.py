"""Fixtures of the pages: a browser in which Alice is signed in."""

from functools import partial

import pytest

from myproject.sessions.copies import copies
from tests.broker.conftest import broker_at
from tests.broker.running import asynchronous

EXPIRY = 30.0  # seconds


@pytest.fixture
def page(redis_server, client, alice):
    """The browser of Alice, who is signed in."""
    client.force_login(alice)
    return client


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What is done in such a block is committed with it: what a note is left in, too."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def url(thread):
    return f"/messages/chat/{thread.id}/"


@pytest.fixture
def lose_redis(redis_server):
    """Sessions would leave it alone for a while afterwards, which other tests count as queries."""
    yield redis_server.stop
    copies.cache_clear()


@pytest.fixture
def here(redis_server):
    """Tells as a worker that these people, and nobody else, are there now."""
    return lambda thread, *people: tell_present(redis_server.url, thread, people)


@asynchronous
async def tell_present(url, thread, people):
    async with broker_at(url) as broker:
        there = {thread.pk: {str(person.pk) for person in people}}
        await broker.whereabouts.be_present("worker", there, EXPIRY, afresh=True)
