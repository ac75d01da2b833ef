"""Sessions as tests make and read them, in a Redis that a test may kill."""

import time
from contextlib import closing, contextmanager

from myproject.sessions import SessionStore
from myproject.sessions.copies import copies
from privatemessages.broker.rests import REST


@contextmanager
def copies_in(servers, settings):
    """The copies of the sessions are there."""
    settings.SESSION_REDIS_URL = servers.url
    copies.cache_clear()
    yield servers
    copies()._doubts._waiting.clear()  # or it would go on asking for them
    copies.cache_clear()


def sign_in(person: str) -> str:
    """The key of a session that was stored."""
    session = SessionStore()
    session["person"] = person
    session.save()
    return session.session_key


def read(key: str) -> str | None:
    """Who signed in."""
    return SessionStore(key).get("person")


def sign_in_and_read(person: str) -> str:
    key = sign_in(person)
    assert read(key) == person
    return key


def after_rest() -> None:
    """Redis is left alone for a moment after each failure."""
    time.sleep(REST * 1.2)


def copies_of(key: str) -> str:
    return f"session:{{{key}}}:copy:*"


def doubt_of(key: str) -> str:
    return f"session:{{{key}}}:doubt"


def is_doubted(servers, key: str) -> bool:
    with closing(servers.client()) as client:
        return bool(client.exists(doubt_of(key)))
