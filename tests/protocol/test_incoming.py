import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages import protocol
from privatemessages.errors import BadText, Empty, Malformed, MessengerError, TooLong, UnknownType
from tests.anything import ANYTHING

SEND = {"type": "send", "id": str(uuid4()), "thread": 42, "text": "hello"}
BIGGEST = 2**63 - 1

FIELDS = st.sampled_from(["type", "id", "thread", "text", "seq", "reply_to", "more"])
TYPES = st.sampled_from(["send", "read", "typing", "ping", "pong", ""])


def parse(raw):
    return protocol.check(protocol.load(raw))


def test_each_frame_of_a_client_is_read():
    assert parse(json.dumps(SEND)) == protocol.Send(**SEND)
    answer = parse(json.dumps(SEND | {"reply_to": 7, "text": " hello\n"}))
    assert (answer.reply_to, answer.text) == (7, "hello")
    assert parse('{"type": "read", "thread": 42, "seq": 57}') == protocol.Read(
        type="read", thread=42, seq=57
    )
    assert parse('{"type": "typing", "thread": 42}') == protocol.Typing(type="typing", thread=42)
    assert parse('{"type": "ping"}') == protocol.Ping(type="ping")


def test_unknown_fields_are_ignored():
    assert parse('{"type": "ping", "mood": "good"}') == protocol.Ping(type="ping")


@pytest.mark.parametrize(
    "raw",
    ["", "{", "nothing", "[]", "null", "7", '"text"', "[" * 100_000, "9" * 5000, b"{}", b"\xff"],
)
def test_what_is_no_json_object_is_malformed(raw):
    with pytest.raises(Malformed):
        protocol.load(raw)


@pytest.mark.parametrize("type_", ["message", "", "SEND", "hello", None, 5, ["send"], {}])
def test_a_type_that_there_is_not_is_said_to_be_unknown(type_):
    with pytest.raises(UnknownType):
        protocol.check(SEND | {"type": type_})


def test_a_frame_without_a_type_is_of_no_known_one():
    with pytest.raises(UnknownType):
        protocol.check({"thread": 42})


@pytest.mark.parametrize(
    "spoilt",
    [
        {"id": "none"},
        {"id": 5},
        {"id": None},
        {"id": str(uuid4()).upper()},
        {"thread": "42"},
        {"thread": 42.0},
        {"thread": True},
        {"thread": None},
        {"thread": -1},
        {"thread": BIGGEST + 1},
        {"text": 5},
        {"text": None},
        {"text": ["hello"]},
        {"reply_to": 0},
        {"reply_to": -1},
        {"reply_to": "1"},
        {"reply_to": BIGGEST + 1},
    ],
)
def test_a_wrong_field_is_malformed_and_named(spoilt):
    with pytest.raises(Malformed) as refusal:
        protocol.check(SEND | spoilt)

    (name,) = spoilt
    assert name in refusal.value.detail


@pytest.mark.parametrize("name", ["id", "thread", "text"])
def test_a_missing_field_is_malformed_and_named(name):
    with pytest.raises(Malformed, match=name):
        protocol.check({key: value for key, value in SEND.items() if key != name})


@pytest.mark.parametrize("seq", [None, "57", -1, 1.5, BIGGEST + 1])
def test_a_mark_that_is_none_is_malformed(seq):
    with pytest.raises(Malformed):
        protocol.check({"type": "read", "thread": 42, "seq": seq})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", Empty),
        (" \n", Empty),
        ("x" * 10_001, TooLong),
        ("a\x00b", BadText),
        ("a\ud800b", BadText),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_before_it_is_accepted(text, error):
    with pytest.raises(error):
        parse(json.dumps(SEND | {"text": text}))


def test_an_error_repeats_the_id_of_its_frame_where_it_is_harmless():
    assert protocol.frame_id(SEND) == SEND["id"]
    assert protocol.frame_id({"id": "anything short"}) == "anything short"
    for value in (None, 5, ["id"], "x" * 65, "é", "\ud800"):
        assert protocol.frame_id({"id": value}) is None
    assert protocol.frame_id({}) is None


@given(st.dictionaries(FIELDS, ANYTHING | TYPES))
def test_whatever_comes_is_a_frame_or_an_expected_error(content):
    try:
        frame = protocol.check(content)
    except MessengerError as error:
        error.detail.encode()
    else:
        assert frame.type == content["type"]


@given(st.text(st.characters(exclude_categories=())) | st.binary())
def test_whatever_is_received_is_an_object_or_malformed(raw):
    try:
        assert isinstance(protocol.load(raw), dict)
    except Malformed:
        pass


@given(ANYTHING)
def test_an_error_of_whatever_comes_can_be_sent_back(content):
    """The answer to a bad frame must not be what kills the worker."""
    content = content if isinstance(content, dict) else {"content": content}
    with pytest.raises(MessengerError) as refusal:
        parse(json.dumps(content))
    frame = protocol.ErrorFrame.of(refusal.value, protocol.frame_id(content))
    assert json.loads(protocol.encode(frame))["code"] == refusal.value.code
