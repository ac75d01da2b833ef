import pytest

from privatemessages import protocol
from privatemessages.errors import Malformed

HEAD = protocol.Head(version=3, read=1)


@pytest.mark.parametrize(
    "event",
    [
        protocol.Joined(thread=1, head=HEAD),
        protocol.Removed(thread=1),
        protocol.SessionEnded(session="abc"),
        protocol.Recheck(),
    ],
)
def test_an_event_arrives_as_it_was_sent(event):
    assert protocol.parse_control(protocol.encode(event)) == event


def test_what_a_newer_version_adds_to_an_event_is_ignored():
    assert protocol.parse_control(b'{"type":"recheck","why":"x"}') == protocol.Recheck()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"{}",
        b'{"type":"message"}',
        b'{"type":"from the future"}',
        b'{"type":"joined"}',
        b'{"type":"joined","thread":"1","head":{"version":0,"read":0}}',
        b'{"type":"session_ended","session":5}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_event_is_refused_and_nothing_worse(raw):
    with pytest.raises(Malformed):
        protocol.parse_control(raw)
