import json

import pytest
from django.test import Client

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
        body = json.dumps(content).encode() if body is None else body
        return self.client.post(API + path, body, "application/json", headers=self.headers)


@pytest.fixture
def as_alice(alice):
    return ApiClient(alice)


@pytest.fixture
def as_bob(bob):
    return ApiClient(bob)


@pytest.fixture
def as_carol(carol):
    return ApiClient(carol)


def refusal(response):
    """(status, code), after checking that it is shaped like every error."""
    content = response.json()
    assert set(content) == {"code", "detail"}, content
    assert content["detail"]
    return response.status_code, content["code"]
