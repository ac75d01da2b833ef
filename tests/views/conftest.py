"""Fixtures of the pages: a browser in which Alice is signed in."""

import pytest


@pytest.fixture
def page(redis_server, client, alice):
    """The browser of Alice, who is signed in."""
    client.force_login(alice)
    return client


@pytest.fixture
def url(thread):
    return f"/messages/chat/{thread.id}/"
