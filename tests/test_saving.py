from functools import partial
from uuid import uuid4

import pytest
from django.db import DataError, InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.views.debug import get_exception_reporter_filter
from hypothesis import HealthCheck, given
from hypothesis import settings as generated
from hypothesis import strategies as st

from privatemessages import saving
from privatemessages.models import Member, Message
from tests.anything import ANYTHING
from tests.messenger import WORKERS_KEY, entry, write
from tests.wrapping import wrap_requests

BATCH = "/messages/send_message_api/"
PROGRAM_KEY = "the programs' key"

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(post_as_worker):
    return partial(post_as_worker, BATCH)


@pytest.fixture
def save_one(client):
    def post(thread_id, **fields):
        fields = {"api_key": PROGRAM_KEY} | fields
        return client.post(f"{BATCH}{thread_id}/", fields)

    return post


def raw(*args, **fields):
    return entry(*args).model_dump() | fields


def results(response):
    assert response.status_code == 200, response.content
    return [
        (result["status"], result["seq"] or result["code"]) for result in response.json()["results"]
    ]


# Batches


def test_the_addresses_are_the_ones_that_projects_of_this_kind_have():
    assert reverse("privatemessages:save_batch") == BATCH
    assert reverse("privatemessages:save_one", args=[42]) == f"{BATCH}42/"


def test_a_batch_is_stored_and_each_entry_answered(save, alice, bob, thread):
    batch = {"messages": [raw(thread, alice), raw(thread, bob)], "reads": []}

    assert results(save(batch)) == [("stored", 1), ("stored", 2)]
    assert results(save(batch)) == [("duplicate", 1), ("duplicate", 2)]
    assert Message.objects.count() == 2


def test_read_marks_are_stored_and_bad_ones_left_out(save, alice, bob, thread):
    write(alice, thread, "one")
    marks = [None, {"thread": thread.id}, {"thread": thread.id, "user": str(bob.pk), "seq": 1}]

    assert results(save({"reads": marks})) == []
    assert Member.objects.get(user=bob).read_seq == 1


@pytest.mark.parametrize(
    "spoilt",
    [
        None,
        [],
        "text",
        7,
        {},
        {"thread": "1"},
        {"thread": True},
        {"thread": -1},
        {"thread": 2**63},
        {"thread": 1.5},
        {"sender": 1},
        {"sender": None},
        {"id": "none"},
        {"id": 5},
        {"id": None},
        {"text": 5},
        {"text": None},
        {"text": ["a"]},
        {"kind": "event"},
        {"sent_at": "now"},
        {"sent_at": -1},
        {"sent_at": 1e400},
        {"reply_to": 0},
        {"reply_to": "1"},
        {"reply_to": 99},
    ],
)
def test_an_entry_that_cannot_be_read_spoils_no_other(save, alice, bob, thread, spoilt):
    bad = raw(thread, alice, **spoilt) if isinstance(spoilt, dict) and spoilt else spoilt
    batch = {"messages": [bad, raw(thread, alice), bad, raw(thread, bob), bad]}

    refused = ("refused", "malformed")
    assert results(save(batch)) == [refused, ("stored", 1), refused, ("stored", 2), refused]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("x" * 10_001, "too_long"),
        ("a\x00b", "bad_text"),
        ("a\ud800b", "bad_text"),
    ],
)
def test_a_text_that_cannot_be_stored_spoils_no_other(save, alice, thread, text, code):
    batch = {"messages": [raw(thread, alice, text=text), raw(thread, alice)]}

    assert results(save(batch)) == [("refused", code), ("stored", 1)]


@given(st.data())
@generated(suppress_health_check=list(HealthCheck), max_examples=60)
def test_whatever_an_entry_is_the_others_are_stored(save, alice, bob, thread, data):
    fields = st.sampled_from(["thread", "sender", "id", "kind", "text", "sent_at", "reply_to"])
    spoilt = st.dictionaries(fields, ANYTHING, min_size=1).map(
        lambda bad: raw(thread, alice, **bad)
    )
    entries = data.draw(st.lists(spoilt | ANYTHING, max_size=5))
    before = Message.objects.count()

    answers = results(save({"messages": [raw(thread, alice), *entries, raw(thread, bob)]}))

    assert len(answers) == len(entries) + 2
    assert answers[0] == ("stored", before + 1)
    assert answers[-1][0] == "stored"
    stored = [number for status, number in answers if status == "stored"]
    thread.refresh_from_db()
    assert stored == list(range(before + 1, thread.version + 1))
    assert Message.objects.count() == thread.text_count == thread.version


def test_unknown_fields_are_for_a_newer_peer(save, alice, thread):
    assert results(save({"messages": [raw(thread, alice, mood="good")], "more": 1})) == [
        ("stored", 1)
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\xfd",
        b'{"messages": {}}',
        b'{"messages": 5}',
        b'{"reads": "all"}',
        b"[" * 100_000,
        b"9" * 10_000,
    ],
)
def test_a_body_that_is_no_batch_is_malformed(save, body):
    response = save(body)

    assert response.status_code == 400
    assert response.json()["code"] == "malformed"
    assert set(response.json()) == {"code", "detail"}


def test_a_batch_may_be_larger_than_a_projects_forms(save, alice, thread, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    batch = {"messages": [raw(thread, alice, text="\N{GRINNING FACE}" * 10_000) for _ in range(3)]}

    assert [status for status, _ in results(save(batch))] == ["stored"] * 3


def test_a_batch_beyond_all_measure_is_a_clear_error(save, monkeypatch):
    monkeypatch.setattr(saving, "BODY_LIMIT", 100)
    response = save(b'{"messages": [' + b" " * 100 + b"]}")

    assert (response.status_code, response.json()["code"]) == (400, "too_long")


@pytest.mark.parametrize(
    "key", ["", "wrong", WORKERS_KEY + "x", WORKERS_KEY[:-1], "ключ".encode().decode("latin-1")]
)
def test_a_wrong_key_stores_nothing(save, alice, thread, key):
    response = save({"messages": [raw(thread, alice)]}, key=key)

    assert (response.status_code, response.json()["code"]) == (401, "bad_key")
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": WORKERS_KEY}, {"Authorization": f"Basic {WORKERS_KEY}"}]
)
def test_a_key_comes_as_a_bearer_token(client, header):
    assert client.post(BATCH, "{}", "application/json", headers=header).status_code == 401


def test_the_programs_keys_do_not_open_the_workers_door(save):
    assert save({}, key=PROGRAM_KEY).status_code == 401


def test_a_key_is_changed_without_a_gap(save, settings):
    settings.API_KEY = "new"
    assert save({}, key=WORKERS_KEY).status_code == 401

    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {
        "API_KEY_FALLBACKS": [WORKERS_KEY, "", "older"]
    }
    for key in ("new", WORKERS_KEY, "older"):
        assert save({}, key=key).status_code == 200


def test_an_empty_key_opens_nothing(save, save_one, settings, alice, thread):
    settings.API_KEY = ""
    empty = {"API_KEY_FALLBACKS": [""], "PROGRAM_API_KEYS": [""]}
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | empty

    assert save({}, key="").status_code == 401
    fields = {"sender_id": alice.pk, "message": "hello"}
    assert save_one(thread.id, api_key="", **fields).status_code == 401


def test_every_key_is_compared_in_constant_time(save, settings, monkeypatch):
    compared = []

    def compare(given, key):
        compared.append(key)
        return given == key

    monkeypatch.setattr("privatemessages.guards.constant_time_compare", compare)
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"API_KEY_FALLBACKS": ["a", "b"]}
    for key in (WORKERS_KEY, "a", "wrong"):
        compared.clear()
        save({}, key=key)
        assert compared == [WORKERS_KEY, "a", "b"]


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"],
)
def test_what_came_through_a_proxy_is_refused_before_anything(save, client, header, alice, thread):
    response = save({"messages": [raw(thread, alice)]}, **{header: "203.0.113.1"})
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")

    response = client.post(f"{BATCH}{thread.id}/", headers={header: "203.0.113.1"})
    assert (response.status_code, response.json()) == (403, {"error": "forbidden"})
    assert not Message.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_a_batch_is_only_posted(client, method):
    response = getattr(client, method)(BATCH, headers={"Authorization": f"Bearer {WORKERS_KEY}"})

    assert response.status_code == 405


def test_a_worker_needs_no_csrf_token():
    response = Client(enforce_csrf_checks=True).post(
        BATCH, "{}", "application/json", headers={"Authorization": f"Bearer {WORKERS_KEY}"}
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(OperationalError, 503), (InterfaceError, 503), (DataError, 500), (ZeroDivisionError, 500)],
)
def test_what_nobody_expected_is_reported_and_stores_nothing(
    save, save_one, alice, thread, client, caplog, trouble, status
):
    """A worker keeps what was not answered and comes again; and it knows who failed."""

    def broken(execute, sql, params, many, context):
        if "INSERT" in sql:
            raise trouble("as a test wants it")
        return execute(sql, params, many, context)

    batch = {"messages": [raw(thread, alice)]}
    with connection.execute_wrapper(broken):
        with pytest.raises(trouble):
            save(batch)
        client.raise_request_exception = False
        response = save(batch)
        single = save_one(thread.id, sender_id=alice.pk, message="hello")

    assert (response.status_code, response.json()["code"]) == (status, "unavailable")
    assert (single.status_code, single.json()) == (status, {"error": "unavailable"})
    assert "as a test wants it" in caplog.text
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["save_batch", "save_one"])
def test_an_answer_means_committed(name, save, save_one, alice, thread, monkeypatch):
    """Even where a project wraps each request in a transaction."""
    within = wrap_requests(monkeypatch)
    if name == "save_batch":
        save({"messages": [raw(thread, alice)]})
    else:
        save_one(thread.id, sender_id=alice.pk, message="hello")

    assert within == [False]
    assert Message.objects.count() == 1


# Single messages


def test_another_program_writes_for_a_person(save_one, alice, thread):
    response = save_one(thread.id, sender_id=alice.pk, message=" hello ")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "seq": 1})
    message = Message.objects.get()
    assert (message.sender, message.text) == (alice, "hello")


@pytest.mark.parametrize("key", [PROGRAM_KEY, WORKERS_KEY])
def test_both_kinds_of_keys_open_it(save_one, alice, thread, key):
    response = save_one(thread.id, api_key=key, sender_id=alice.pk, message="hello")

    assert response.status_code == 200


def test_a_program_may_repeat_itself_with_an_id(save_one, alice, thread):
    fields = {"sender_id": alice.pk, "message": "once", "id": str(uuid4())}

    assert save_one(thread.id, **fields).json() == save_one(thread.id, **fields).json()
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"api_key": "wrong"}, 401, "bad_key"),
        ({"api_key": ""}, 401, "bad_key"),
        ({"sender_id": "nobody"}, 404, "not_found"),
        ({"sender_id": ""}, 404, "not_found"),
        ({"sender_id": "0"}, 404, "not_found"),
        ({"message": ""}, 400, "empty"),
        ({"message": "x" * 10_001}, 400, "too_long"),
        ({"message": "a\x00b"}, 400, "bad_text"),
        ({"id": "none"}, 400, "malformed"),
    ],
)
def test_a_program_hears_what_is_wrong(save_one, alice, thread, fields, status, code):
    response = save_one(thread.id, **({"sender_id": alice.pk, "message": "hello"} | fields))

    assert (response.status_code, response.json()) == (status, {"error": code})
    assert not Message.objects.exists()


def test_a_program_writes_only_where_the_person_belongs(save_one, carol, thread):
    for thread_id in (thread.id, thread.id + 1000, 2**70):
        response = save_one(thread_id, sender_id=carol.pk, message="hello")
        assert (response.status_code, response.json()) == (404, {"error": "not_found"})


def test_a_program_does_not_write_to_somebody_inactive(save_one, alice, bob, thread):
    bob.is_active = False
    bob.save()
    response = save_one(thread.id, sender_id=alice.pk, message="hello")

    assert (response.status_code, response.json()) == (403, {"error": "may_not_post"})


def test_a_form_that_cannot_be_read_is_an_error(client, thread, settings):
    broken = client.post(f"{BATCH}{thread.id}/", b"none", "multipart/form-data; boundary=")
    assert (broken.status_code, broken.json()) == (400, {"error": "malformed"})

    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    form = "application/x-www-form-urlencoded"
    large = client.post(f"{BATCH}{thread.id}/", b"message=" + b"x" * 100, form)
    assert (large.status_code, large.json()) == (400, {"error": "too_long"})


def test_a_single_message_is_only_posted(client, thread):
    response = client.get(f"{BATCH}{thread.id}/")

    assert (response.status_code, response.json()) == (405, {"error": "wrong_method"})


def test_a_report_of_a_failure_keeps_the_key_and_what_was_written_to_itself(
    rf, settings, thread, alice, monkeypatch
):
    settings.DEBUG = False
    monkeypatch.setattr(saving, "_send", broken)
    fields = {"api_key": PROGRAM_KEY, "sender_id": str(alice.pk), "message": "a secret"}
    request = rf.post(f"{BATCH}{thread.id}/", fields)
    assert saving.save_one(request, thread.id).status_code == 500
    told = get_exception_reporter_filter(request).get_post_parameters(request)
    assert told["sender_id"] == str(alice.pk)
    assert set(told.keys()) == set(fields)
    assert not {PROGRAM_KEY, "a secret"} & set(told.values())


def broken(*_):
    raise RuntimeError("a bug")
