"""Fixtures of the messenger: three people, a thread of two of them, and what is told in Redis."""

import json
import time
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from privatemessages import actions, wiring
from privatemessages.times import milliseconds

PASSWORD = "a password of the tests"
TELL_WAIT = 2.0  # seconds
QUIET = 0.05  # seconds


@cache
def password_hash():
    """Once, because it is slow on purpose."""
    return make_password(PASSWORD)


def make_person(name, **fields):
    email = f"{name}@example.com"
    return get_user_model().objects.create(
        username=name, email=email, password=password_hash(), **fields
    )


@pytest.fixture
def alice(db):
    return make_person("alice")


@pytest.fixture
def bob(db):
    return make_person("bob")


@pytest.fixture
def carol(db):
    return make_person("carol")


@pytest.fixture
def thread(alice, bob):
    """Alice and Bob's, empty."""
    return actions.start_direct_thread(alice, bob)[0]


def write(person, thread, *texts):
    """Stored messages of a person."""
    return [actions.send_message(person, thread.id, text)[0] for text in texts]


def entry(thread, person, text="hello", **fields):
    """A spoken message, as a worker would save it."""

    fields = {"id": str(uuid4()), "sent_at": milliseconds(timezone.now())} | fields
    return actions.Entry(thread=thread.id, sender=str(person.pk), text=text, **fields)


@dataclass
class Told:
    """What was published since the fixture began or was last asked."""

    subscription: Any

    def frames(self, count=0) -> list[tuple[str, dict[str, Any]]]:
        """At least `count` of them, and whatever comes right behind."""
        found = []
        deadline = time.monotonic() + TELL_WAIT
        while time.monotonic() < deadline:
            message = self.subscription.get_message(timeout=QUIET)
            if message is not None:
                found.append((message["channel"].decode(), json.loads(message["data"])))
            elif len(found) >= count:
                break
        assert len(found) >= count, f"told only {found}"
        return found

    def of(self, kind, count=1) -> list[dict[str, Any]]:
        return [frame for _, frame in self.frames(count) if frame["type"] == kind]


@pytest.fixture
def told(redis_server):
    """Real Redis. What a test commits is told only in a test with `transaction=True`."""
    wiring.broker.cache_clear()
    with redis.Redis.from_url(redis_server.url) as client:
        subscription = client.pubsub(ignore_subscribe_messages=True)
        subscription.psubscribe("pm:*")
        time.sleep(QUIET)
        subscription.get_message(timeout=TELL_WAIT)
        yield Told(subscription)
        subscription.close()
