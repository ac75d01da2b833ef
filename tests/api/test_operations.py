"""What holds for every operation, taken from the OpenAPI document."""

import re

import pytest
from django.contrib.auth import get_user_model

from privatemessages import actions
from privatemessages.models import Ban, EntryRequest, Member, Message, Record, Thread
from tests.api.conftest import API, ApiClient, refusal
from tests.api.operations import DOCUMENT, OF_THREADS, OPERATIONS, READING, WRITING
from tests.messenger import write
from tests.services import ROOT

MISSING = 999_999
NOWHERE = [0, MISSING, 2**63 - 1, 2**63, 2**70]
KEPT = [Thread, Member, Message, Ban, EntryRequest, Record]

HOSTILE_STRINGS = ["", "\x00", "bob\x00", "\ud800", "x" * 1000, "\u202e", "'; --", "../..", "%"]
HOSTILE_NUMBERS = [True, 1.5, -1, 0, 2**31, 2**63, 10**30]
HOSTILE = [*HOSTILE_STRINGS, *HOSTILE_NUMBERS, None, [], {}, ["\x00"], ["x" * 1000, 5]]
# What a path carries; the last ones are bytes that are no UTF-8 and a surrogate.
HOSTILE_IDS = ["0", "-1", "1.5", "true", "x" * 1000, str(2**63), str(2**70), "9" * 4000]
HOSTILE_IDS += ["%00", "1%00", "%FF", "%ED%A0%80", "a/b", "..%2F..", "%D9%A1", "%E2%80%AE", " 1"]


def of(operations):
    return pytest.mark.parametrize("operation", operations, ids=str)


@pytest.fixture
def deleted(alice, bob, carol):
    """Alice's group, which is no more."""
    thread = actions.make_group(alice, "Gone", [bob, carol])
    actions.delete_thread(alice, thread.id)
    return thread


@pytest.fixture
def left(alice, bob, carol, dave):
    """A group that Dave was in."""
    thread = actions.make_group(alice, "Left", [bob, carol, dave])
    write(dave, thread, "I was here")
    actions.remove_member(alice, thread.id, dave)
    return thread


@pytest.fixture
def banned_from(alice, private_room, dave):
    actions.ban(alice, private_room.id, dave)
    return private_room


PLACES = ["thread", "group", "room", "private_room", "banned_from", "left", "deleted"]
# Rooms can be seen from outside: one asks there to be let in.
ROOMS = ["room", "private_room", "banned_from"]
DOOR = ("post", "threads/{thread_id}/requests")


def test_the_document_has_what_it_is_about():
    assert len(OF_THREADS) > 20
    assert {"get", "post", "put", "patch", "delete"} == {each.method for each in OPERATIONS}
    paths = {operation.path for operation in OPERATIONS}
    assert {"rooms/{slug}", "threads/{thread_id}/bans/{user_id}", "people"} <= paths


@of(OPERATIONS)
def test_it_is_described_with_its_answers_and_errors(operation):
    responses = operation.content["responses"]
    assert operation.content["summary"]
    assert operation.content["security"]
    assert {200, 204} & set(responses)
    for status in (400, 401, 403, 404, 409, 500, 503):
        error = responses[status]["content"]["application/json"]["schema"]["$ref"]
        assert error.endswith("/Error")
    for status in {200, 201} & set(responses):
        assert responses[status]["content"]["application/json"]["schema"]


def test_the_documentation_lists_them_all():
    text = (ROOT / "docs" / "protocol.md").read_text()
    parts = "threads|heads|rooms|people|preferences|presence"
    listed = set(re.findall(rf"`([A-Z]+ (?:{parts})[^?`]*)", text))
    there = {f"{each.method.upper()} {each.path}" for each in OPERATIONS}

    assert {call.replace("{id}", "{thread_id}") for call in listed} == there


def test_summaries_tell_operations_apart():
    summaries = [operation.content["summary"] for operation in OPERATIONS]
    assert len(set(summaries)) == len(summaries)
    identities = [operation.content["operationId"] for operation in OPERATIONS]
    assert len(set(identities)) == len(identities)


def test_the_document_is_published(client, db):
    published = client.get(f"{API}openapi.json").json()["paths"]
    assert {path.removeprefix(API.rstrip("/")) for path in published} == set(DOCUMENT["paths"])


@of(OPERATIONS)
@pytest.mark.parametrize("csrf", [True, False])
def test_nobody_comes_near_without_signing_in_whatever_their_token(db, operation, csrf):
    response = ApiClient(csrf=csrf).ask(operation.method, operation.address(), {})
    assert refusal(response) == (401, "not_signed_in")


@of(WRITING)
def test_nobody_writes_without_a_csrf_token(alice, operation):
    response = ApiClient(alice, csrf=False).ask(operation.method, operation.address(), {})
    assert refusal(response) == (403, "forbidden")


@of(READING)
def test_reading_needs_no_csrf_token(alice, room, operation):
    response = ApiClient(alice, csrf=False).ask("get", operation.address(room.id))
    assert response.status_code == 200


@of(OPERATIONS)
def test_what_is_private_is_kept_by_no_cache(as_alice, bob, room, operation):
    for body in operation.bodies():
        address = operation.address(room.id, str(bob.pk))
        response = as_alice.ask(operation.method, address, body)
        assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))


@of(OF_THREADS)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_mine_is_answered_as_if_it_were_not_there(
    as_dave, request, bob, operation, place
):
    thread = request.getfixturevalue(place)
    is_door = (operation.method, operation.path) == DOOR and place in ROOMS
    before = [list(model.objects.values()) for model in KEPT]

    for whom in (str(bob.pk), str(as_dave.client.session["_auth_user_id"]), "999999"):
        answer, nothing = (answers(as_dave, operation, at, whom) for at in (thread.id, MISSING))
        assert (answer == nothing) is not is_door
        assert all((status, code) == (404, "not_found") for status, code, _, _ in nothing)
    if not is_door:
        assert [list(model.objects.values()) for model in KEPT] == before


def answers(client, operation, thread_id, user_id):
    """All that can be seen from outside."""
    found = []
    for body in operation.bodies():
        response = client.ask(operation.method, operation.address(thread_id, user_id), body)
        content = response.json() if response.content else {"code": None}
        headers = dict(response.headers)
        headers.pop("Expires")  # the clock's
        found.append((response.status_code, content["code"], response.content, headers))
    return found


@of(OF_THREADS)
def test_who_belongs_is_answered_otherwise(as_alice, private_room, bob, operation):
    """So what the others are refused above is something that can be had."""
    for answer in answers_of(as_alice, operation, private_room.id, str(bob.pk)):
        assert answer.status_code < 300 or answer.json()["code"] in {"not_banned", "forbidden"}


def answers_of(client, operation, thread_id, user_id):
    address = operation.address(thread_id, user_id)
    return [client.ask(operation.method, address, body) for body in operation.bodies()]


@of(OF_THREADS)
def test_a_number_of_no_thread_is_not_found(as_alice, bob, operation):
    for thread_id in NOWHERE:
        for answer in answers_of(as_alice, operation, thread_id, str(bob.pk)):
            assert refusal(answer) == (404, "not_found"), thread_id


@of([operation for operation in OPERATIONS if "{user_id}" in operation.path])
def test_an_id_of_nobody_is_not_found(as_alice, room, operation):
    before = [list(model.objects.values()) for model in KEPT]

    for user_id in HOSTILE_IDS:
        path = operation.path.format(thread_id=room.id, user_id=user_id)
        for body in operation.bodies():
            assert refusal(as_alice.ask(operation.method, path, body)) == (404, "not_found"), path
    assert [list(model.objects.values()) for model in KEPT] == before


@of([operation for operation in OPERATIONS if "{slug}" in operation.path])
def test_an_address_of_no_room_is_not_found(as_alice, room, operation):
    for slug in [*HOSTILE_IDS, "!!!", "%20", "nothing"]:
        response = as_alice.ask(operation.method, operation.path.format(slug=slug))
        assert refusal(response) == (404, "not_found"), slug


@of([operation for operation in WRITING if operation.bodies() != [None]])
def test_whatever_a_field_holds_is_taken_or_refused(as_alice, room, bob, operation):
    address = operation.address(room.id, str(bob.pk))

    codes = set()
    for body in operation.spoilt_bodies(HOSTILE):
        response = as_alice.ask(operation.method, address, body)
        if response.status_code >= 300:
            status, code = refusal(response)
            assert status in {400, 403, 404, 409}, body
            codes.add(code)
    assert {"malformed", "bad_text"} & codes


@of([operation for operation in OPERATIONS if operation.query])
def test_whatever_a_query_holds_is_taken_or_refused(as_alice, room, bob, operation):
    for name in operation.query:
        for value in [*HOSTILE_STRINGS[:3], *HOSTILE_STRINGS[4:], *HOSTILE_NUMBERS, "9" * 5000]:
            address = operation.address(room.id, str(bob.pk), **{name: value})
            response = as_alice.ask(operation.method, address)
            assert response.status_code in {200, 204, 400, 404}, (name, value)


@of(OPERATIONS)
def test_an_unknown_field_is_not_minded(as_alice, room, bob, operation):
    """A newer client may know more."""
    for body in operation.bodies():
        newer = None if body is None else body | {"newer": 1}
        address = operation.address(room.id, str(bob.pk), newer=1)
        response = as_alice.ask(operation.method, address, newer)
        assert response.status_code < 300 or refusal(response)[1] != "malformed"


def test_an_empty_body_is_not_one(as_alice, room, bob):
    for operation in WRITING:
        if operation.bodies() != [None]:
            address = operation.address(room.id, str(bob.pk))
            for body in (b"", b"{", b"\xff", b"null", b"[]", b'"x"'):
                response = as_alice.ask(operation.method, address, body=body)
                assert refusal(response) == (400, "malformed"), (operation, body)
    assert get_user_model().objects.count() == 3
