"""Fixtures of the messenger: people, their threads, and what is told in Redis."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db.models import F
from django.utils import timezone

from privatemessages import actions, wiring
from privatemessages.models import Member, Thread
from privatemessages.roles import ADMINISTER, Role
from privatemessages.times import milliseconds

PASSWORD = "a password of the tests"
WORKERS_KEY = "the workers' key"
TELL_WAIT = 2.0  # seconds
QUIET = 0.05  # seconds


def make_person(name, **fields):
    email = f"{name}@example.com"
    return get_user_model().objects.create(
        username=name, email=email, password=make_password(PASSWORD), **fields
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
def dave(db):
    return make_person("dave")


@pytest.fixture
def staff(db):
    """One of the operator's people, who may administer every group and room."""
    return make_staff("staff")


def make_staff(name):
    person = make_person(name, is_staff=True)
    app, codename = ADMINISTER.split(".")
    permission = Permission.objects.get(content_type__app_label=app, codename=codename)
    person.user_permissions.add(permission)
    return person


def make_people(count, name="person"):
    """Many at once."""
    people = get_user_model().objects
    first = people.count()
    return people.bulk_create(
        people.model(username=f"{name}{first + n}", password="!") for n in range(count)
    )


@pytest.fixture
def thread(alice, bob):
    """Alice and Bob's, empty."""
    return actions.start_direct_thread(alice, bob)[0]


@pytest.fixture
def group(alice, bob, carol):
    """Alice owns it, Bob moderates it, Carol is a member; it hides what was before one came."""
    thread = actions.make_group(alice, "Friends", [bob, carol])
    actions.appoint(alice, thread.id, bob, Role.MODERATOR)
    return Thread.objects.get(pk=thread.pk)


@pytest.fixture
def room(alice, bob, carol):
    """The same in a public room, which shows what was before."""
    return _room("Kitchen", alice, bob, carol, is_public=True)


@pytest.fixture
def private_room(alice, bob, carol):
    return _room("Cellar", alice, bob, carol, is_public=False)


def _room(name, owner, moderator, *members, is_public):
    thread = actions.make_room(owner, name, is_public=is_public)
    for person in (moderator, *members):
        actions.add_member(owner, thread.id, person)
    actions.appoint(owner, thread.id, moderator, Role.MODERATOR)
    return Thread.objects.get(pk=thread.pk)


def fill(thread, people, **fields):
    """Many members at once, as if they had been there from the beginning."""
    fields = {"joined_at": thread.created_at} | fields
    Member.objects.bulk_create(Member(thread=thread, user=person, **fields) for person in people)
    Thread.objects.filter(pk=thread.pk).update(member_count=F("member_count") + len(people))


def place_of(person, thread):
    """The row, also of somebody who left."""
    return Member.objects.get(user=person, thread=thread)


def write(person, thread, *texts):
    """Stored messages of a person."""
    return [actions.send_message(person, thread.id, text)[0] for text in texts]


def entry(thread, person, text="hello", **fields):
    """A spoken message, as a worker would save it."""

    fields = {"id": str(uuid4()), "sent_at": milliseconds(timezone.now())} | fields
    return actions.Entry(thread=thread.id, sender=str(person.pk), text=text, **fields)


@pytest.fixture
def post_as_worker(client):
    """POSTs to an address as a worker does; `content` is JSON, or bytes as they are."""

    def post(address, content, key=WORKERS_KEY, **headers):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Authorization": f"Bearer {key}"} | headers
        return client.post(address, body, "application/json", headers=headers)

    return post


class Clock:
    """What time Django believes it is; it goes on by itself too."""

    def __init__(self):
        self.ahead = timedelta()
        self._real = timezone.now

    def now(self):
        return self._real() + self.ahead

    def move(self, **by):
        self.ahead += timedelta(**by)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


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
