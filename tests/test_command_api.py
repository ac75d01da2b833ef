import json
from functools import partial

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from privatemessages import command_api, conf, guards
from privatemessages.models import Message, Thread
from tests.messenger import WORKERS_KEY
from tests.wrapping import wrap_requests

COMMANDS = "/messages/command_api/"
NOT_FOUND = {"text": "There is no such conversation.", "code": "not_found"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(post_as_worker):
    return partial(post_as_worker, COMMANDS)


def written(person, place, text="/topic Tea", **fields):
    return {"thread": place.id, "sender": str(person.pk), "text": text} | fields


def topic(thread):
    return Thread.objects.get(pk=thread.pk).topic


def refusal(response):
    content = response.json()
    assert set(content) == {"code", "detail"}
    return response.status_code, content["code"]


def test_the_address_is_where_workers_look_for_it():
    assert reverse("privatemessages:run_command") == COMMANDS
    assert conf.load().command_api_url.endswith(COMMANDS)


def test_a_command_is_carried_out_for_the_person_who_wrote_it(ask, alice, group):
    response = ask(written(alice, group))

    assert (response.status_code, response.json()) == (
        200,
        {"text": "The topic is set.", "code": None},
    )
    assert topic(group) == "Tea"


def test_what_is_refused_is_an_answer_too(ask, carol, group):
    for text, code in (
        ("/topic Tea", "forbidden"),
        ("/topi Tea", "unknown_command"),
        ("/help me not", "bad_arguments"),
        ("hello", "bad_arguments"),
        (" ", "empty"),
        ("/topic \x00", "bad_text"),
        ("/topic \ud800", "bad_text"),
    ):
        response = ask(written(carol, group, text))
        assert (response.status_code, response.json()["code"]) == (200, code)
    assert topic(group) == ""


def test_nobody_learns_which_it_was_that_is_not_there(ask, alice, bob, dave, group):
    bob.is_active = False
    bob.save()
    for content in (
        written(dave, group),
        written(bob, group),
        written(alice, group, sender="nobody"),
        written(alice, group, sender=""),
        written(alice, group, sender="\x00"),
        written(alice, group, thread=group.id + 1000),
        written(alice, group, thread=0),
    ):
        response = ask(content)
        assert (response.status_code, response.json()) == (200, NOT_FOUND)
    assert topic(group) == ""


@pytest.mark.parametrize(
    "headers", [{"Accept-Language": "ru"}, {"Cookie": "django_language=ru"}], ids=str
)
def test_the_answer_is_in_the_persons_language(ask, alice, group, headers):
    assert ask(written(alice, group, "/topic"), **headers).json()["text"] == "Темы нет."


@pytest.mark.parametrize(
    "spoilt",
    [
        {"thread": "1"},
        {"thread": True},
        {"thread": -1},
        {"thread": 2**63},
        {"thread": None},
        {"sender": 1},
        {"sender": None},
        {"text": 5},
        {"text": None},
        {"text": ["/who"]},
    ],
)
def test_a_field_that_is_wrong_is_malformed(ask, alice, group, spoilt):
    assert refusal(ask(written(alice, group, **spoilt))) == (400, "malformed")


@pytest.mark.parametrize("name", ["thread", "sender", "text"])
def test_a_field_that_is_missing_is_malformed(ask, alice, group, name):
    content = written(alice, group)
    del content[name]
    assert refusal(ask(content)) == (400, "malformed")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_object_is_malformed(ask, body):
    assert refusal(ask(body)) == (400, "malformed")


def test_the_longest_text_fits_however_it_is_escaped(ask, alice, group):
    text = "/me " + "\N{GRINNING FACE}" * 9_996
    assert ask(written(alice, group, text)).json()["code"] is None
    assert Message.objects.latest("pk").text == text[4:]


def test_a_body_beyond_all_measure_is_a_clear_error(ask):
    assert refusal(ask(b" " * (command_api.BODY_LIMIT + 1))) == (400, "too_long")


@pytest.mark.parametrize("key", ["", "wrong", "the programs' key"])
def test_only_the_workers_keys_open_it(ask, alice, group, key):
    assert refusal(ask(written(alice, group), key=key)) == (401, "bad_key")
    assert topic(group) == ""


@pytest.mark.parametrize("header", guards.FORWARDED)
def test_it_is_not_reached_through_a_proxy(ask, alice, group, header):
    assert refusal(ask(written(alice, group), **{header: "203.0.113.1"})) == (403, "forbidden")
    assert topic(group) == ""


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_command_is_only_posted(client, method):
    response = getattr(client, method)(COMMANDS, headers={"Authorization": f"Bearer {WORKERS_KEY}"})
    assert refusal(response) == (405, "wrong_method")


def test_a_worker_needs_no_csrf_token(alice, group):
    response = Client(enforce_csrf_checks=True).post(
        COMMANDS,
        json.dumps(written(alice, group)),
        "application/json",
        headers={"Authorization": f"Bearer {WORKERS_KEY}"},
    )
    assert response.status_code == 200


@pytest.mark.parametrize(("trouble", "status"), [(OperationalError, 503), (ZeroDivisionError, 500)])
def test_what_nobody_expected_is_reported(ask, alice, group, client, caplog, trouble, status):
    def broken(execute, sql, params, many, context):
        if "INSERT" in sql:
            raise trouble("as a test wants it")
        return execute(sql, params, many, context)

    client.raise_request_exception = False
    with connection.execute_wrapper(broken):
        assert refusal(ask(written(alice, group))) == (status, "unavailable")
    assert "as a test wants it" in caplog.text
    assert topic(group) == ""


@pytest.mark.django_db(transaction=True)
def test_an_answer_means_committed(ask, alice, group, monkeypatch):
    """Even where a project wraps each request in a transaction."""
    within = wrap_requests(monkeypatch)
    assert ask(written(alice, group)).json()["code"] is None
    assert within == [False]
    assert topic(group) == "Tea"
