import json

import pytest
import redis
from django.test import Client
from django.utils import timezone

from privatemessages.broker import presence
from privatemessages.times import milliseconds

API = "/messages/api/"


class ApiClient:
    """Signed in as a person, with a CSRF token unless told otherwise."""

    def __init__(self, person=None, csrf=True):
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {}
        if person:
            self.client.force_login(person)
        if csrf:
            token = "a" * 32
            self.client.cookies["csrftoken"] = token
            self.headers["X-CSRFToken"] = token

    def get(self, path, **query):
        return self.client.get(API + path, query)

    def post(self, path, content=None, body=None):
        return self.ask("post", path, content, body)

    def put(self, path, content):
        return self.ask("put", path, content)

    def patch(self, path, content):
        return self.ask("patch", path, content)

    def delete(self, path):
        return self.ask("delete", path)

    def ask(self, method, path, content=None, body=None):
        body = json.dumps(content).encode() if body is None else body
        ask = getattr(self.client, method)
        if method == "get":
            return ask(API + path)
        return ask(API + path, body, "application/json", headers=self.headers)


@pytest.fixture
def as_alice(alice):
    return ApiClient(alice)


@pytest.fixture
def as_bob(bob):
    return ApiClient(bob)


@pytest.fixture
def as_carol(carol):
    return ApiClient(carol)


@pytest.fixture
def as_dave(dave):
    """Who belongs nowhere."""
    return ApiClient(dave)


@pytest.fixture
def as_staff(staff):
    return ApiClient(staff)


@pytest.fixture
def be_there(redis_server):
    """People have a socket open, at one worker."""

    def tell(thread, *people):
        there = {thread.id: [str(person.pk) for person in people]}
        now = milliseconds(timezone.now())
        with redis.Redis.from_url(redis_server.url) as client:
            for command in presence.tell("worker", there, now, 30_000, afresh=True):
                client.execute_command(*command)

    return tell


def refusal(response):
    """(status, code), after checking that it is shaped like every error."""
    content = response.json()
    assert set(content) == {"code", "detail"}, content
    assert content["detail"]
    return response.status_code, content["code"]
