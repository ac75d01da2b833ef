"""What lies in an outbox is named, also where it cannot be read."""

import json

import pytest

from privatemessages.broker.entries import Entry

SPOKEN = {
    "type": "message",
    "thread": 42,
    "sender": {"id": "7", "name": "Alice"},
    "id": "0b1b2d3c-4d5e-4f60-8172-839405162738",
    "text": "hello",
    "sent_at": 1_700_000_000_000,
}
IDENTITY = "42:7:0b1b2d3c-4d5e-4f60-8172-839405162738"


def entry(frame):
    return Entry("1700000000000-0", 42, frame)


@pytest.mark.parametrize("newer", [{}, {"kind": "of tomorrow"}, {"text": None}, {"sent_at": "x"}])
def test_the_identity_is_that_of_the_note_whatever_a_newer_version_adds(newer):
    assert entry(json.dumps(SPOKEN | newer).encode()).identity == IDENTITY


@pytest.mark.parametrize("frame", [b"", b"\xff", b"[]", b"{}", b'{"sender": null, "id": "x"}'])
def test_what_is_no_message_has_none(frame):
    assert entry(frame).identity == ""
