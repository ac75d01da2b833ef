import json
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages import protocol
from privatemessages.errors import Malformed, RateLimited

SENDER = protocol.Sender(id="7", name="alice")
MESSAGE = {"thread": 42, "sender": SENDER, "id": str(uuid4()), "text": "hello", "sent_at": 1}
FRAMES = [
    protocol.Hello(user=SENDER, heartbeat=25, threads={"42": protocol.Head(version=7, read=3)}),
    protocol.MessageFrame(**MESSAGE),
    protocol.Accepted(thread=42, id=MESSAGE["id"]),
    protocol.Stored(
        thread=42, messages=[protocol.StoredEntry(sender="7", id=MESSAGE["id"], seq=8)]
    ),
    protocol.Refused(thread=42, sender="7", id=MESSAGE["id"], code="not_found"),
    protocol.Heads(threads={}),
    protocol.ReadFrame(thread=42, user="7", seq=8),
    protocol.TypingFrame(thread=42, user="7", name="Ann"),
    protocol.PresenceFrame(thread=42, user="7", here=False, seen_at=1_700_000_000_000),
    protocol.PlaceFrame(thread=42, marked_unread=True, silent=False),
    protocol.PreferencesChanged(),
    protocol.Joined(thread=42, head=protocol.Head(version=0, read=0)),
    protocol.Removed(thread=42),
    protocol.ThreadFrame(
        thread=42,
        version=9,
        title="Bakers",
        slug="bakers",
        topic="",
        public=True,
        closed=False,
        cleared=0,
    ),
    protocol.Rights(thread=42, role="member", may_post=True, muted_until=None),
    protocol.Notice(thread=42, text="Done."),
    protocol.ErrorFrame.of(RateLimited(retry_after=1500), "an id"),
    protocol.Pong(),
    protocol.SessionEnded(session="digest"),
    protocol.Recheck(),
    protocol.RightsChanged(thread=42),
]


def test_every_kind_of_frame_is_looked_at_here():
    assert {type(frame) for frame in FRAMES} == set(get_args(protocol.Frame))


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.type)
def test_a_frame_is_one_json_object_with_its_type_first(frame):
    encoded = protocol.encode(frame)

    assert next(iter(json.loads(encoded))) == "type"
    assert type(frame).model_validate_json(encoded) == frame


def test_a_worker_can_tell_that_a_thread_changed_by_the_first_bytes_of_the_frame():
    assert beginning_with(protocol.THREAD_CHANGED) == ["thread"]


def test_a_worker_can_tell_by_them_what_not_everybody_is_told():
    assert beginning_with(protocol.TYPING) == ["typing"]
    assert beginning_with(protocol.PRESENCE) == ["presence"]


def beginning_with(first):
    return [frame.type for frame in FRAMES if protocol.encode(frame).startswith(first)]


def test_a_message_is_the_same_shape_in_a_frame_and_in_the_api():
    frame = json.loads(protocol.encode(protocol.MessageFrame(**MESSAGE)))

    assert frame.pop("type") == "message"
    assert frame == json.loads(protocol.Message(**MESSAGE).model_dump_json())
    assert frame["seq"] is frame["version"] is None


def test_hello_tells_the_protocol_and_its_limits():
    hello = json.loads(protocol.encode(FRAMES[0]))

    assert hello["protocol"] == 1
    assert hello["limits"] == {"text": 10_000, "frame": 131_072}
    assert hello["threads"] == {"42": {"version": 7, "read": 3}}


def test_an_error_tells_its_code_and_when_to_try_again():
    assert json.loads(protocol.encode(FRAMES[-5])) == {
        "type": "error",
        "id": "an id",
        "code": "rate_limited",
        "detail": RateLimited.detail,
        "retry_after": 1500,
    }


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_every_storable_text_survives_the_wire(text):
    frame = protocol.MessageFrame(**MESSAGE | {"text": text})

    assert protocol.MessageFrame.model_validate_json(protocol.encode(frame)).text == text


def test_the_longest_message_fits_into_a_frame():
    """Escaped at its worst; or what was accepted could not be delivered."""
    worst = protocol.MessageFrame(**MESSAGE | {"text": "\x01" * protocol.TEXT_LIMIT})

    assert len(protocol.encode(worst)) < protocol.FRAME_LIMIT


CONTROL = [frame for frame in FRAMES if isinstance(frame, get_args(protocol.Control))]


@pytest.mark.parametrize("event", CONTROL, ids=lambda event: event.type)
def test_a_control_event_is_read_back(event):
    assert protocol.parse_control(protocol.encode(event)) == event


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"{}", b'{"type": "more"}', b'{"type": "removed"}', b"\xff"]
)
def test_an_event_of_another_version_is_malformed(raw):
    with pytest.raises(Malformed):
        protocol.parse_control(raw)
