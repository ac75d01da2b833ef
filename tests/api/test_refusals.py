import json
from uuid import uuid4

import pytest
from django.db import connection, connections

from privatemessages import actions, history
from privatemessages.models import Message
from tests.api.conftest import API, refusal
from tests.messenger import write


def test_who_became_inactive_is_not_signed_in(as_alice, alice):
    assert as_alice.get("threads").status_code == 200
    alice.is_active = False
    alice.save()

    assert refusal(as_alice.get("threads")) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "path", ["", "nothing", "threads/", "threads/none", "threads/1/more", "docs"]
)
def test_an_unknown_address_is_not_found(as_alice, path):
    assert refusal(as_alice.get(path)) == (404, "not_found")
    assert refusal(as_alice.post(path, {})) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("put", "threads"), ("delete", "threads/1/read"), ("post", "people")]
)
def test_a_wrong_method_is_said_to_be_one(as_alice, method, path):
    response = getattr(as_alice.client, method)(API + path)

    assert refusal(response) == (405, "wrong_method")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"user": 1e999}', b"null", b"NaN"]
)
def test_a_body_that_is_none_is_malformed(as_alice, body):
    assert refusal(as_alice.post("threads", body=body)) == (400, "malformed")


def test_a_body_beyond_the_projects_limit_is_too_long(as_alice, thread, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    new = {"id": str(uuid4()), "text": "x" * 200}

    assert refusal(as_alice.post(f"threads/{thread.id}/messages", new)) == (400, "too_long")


def test_an_unexpected_error_is_loud_and_keeps_its_shape(as_alice, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(history, "inbox", fail)
    with pytest.raises(ZeroDivisionError):
        as_alice.get("threads")

    as_alice.client.raise_request_exception = False
    assert refusal(as_alice.get("threads")) == (500, "unavailable")
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_an_answer_means_committed(as_alice, thread, monkeypatch):
    """Even where a project wraps each request in a transaction."""
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    send, depths = actions.send_message, []

    def look(*args, **kwargs):
        depths.append(connection.in_atomic_block)
        return send(*args, **kwargs)

    monkeypatch.setattr(actions, "send_message", look)
    new = {"id": str(uuid4()), "text": "hello"}

    assert as_alice.post(f"threads/{thread.id}/messages", new).status_code == 201
    assert depths == [False]
    assert Message.objects.count() == 1


def test_the_document_is_true_to_what_is_answered(as_alice, alice, thread):
    write(alice, thread, "hello")
    schemas = json.loads(as_alice.get("openapi.json").content)["components"]["schemas"]
    (card,) = as_alice.get("threads").json()["threads"]

    assert set(card) == set(schemas["ThreadCard"]["properties"])
    assert set(card["last_message"]) == set(schemas["Message"]["properties"])
