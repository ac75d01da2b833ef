"""Who is told what others do: of listeners who show it, or do not."""

import json

import pytest

from privatemessages import protocol
from privatemessages.protocol import Preferences
from privatemessages.tornadoapp.connections import Connection, Person
from privatemessages.tornadoapp.discretion import OF_PEOPLE, audiences
from privatemessages.tornadoapp.limits import Limits, TokenBucket

TYPING = protocol.TypingFrame(thread=1, user="7", name="Bob")
GONE = protocol.PresenceFrame(thread=1, user="7", here=False, seen_at=1_700_000_000_000)


def listener(**shown):
    made = Connection(None, None, TokenBucket(1, 1), "session", 0.0)
    made.person = Person("a", "A", Limits(1, 1))
    made.person.preferences = Preferences(**shown)
    return made


ALL = listener()
NONE = listener(shows_presence=False, shows_last_seen=False, shows_typing=False)
NO_TYPING = listener(shows_typing=False)
NO_PRESENCE = listener(shows_presence=False)
NO_TIME = listener(shows_last_seen=False)
EVERYBODY = [ALL, NONE, NO_TYPING, NO_PRESENCE, NO_TIME]


def heard(frame):
    """What each of them is told."""
    found = {}
    for shown, connections in audiences(protocol.encode(frame), EVERYBODY):
        for connection in connections:
            assert connection not in found
            found[connection] = json.loads(shown)
    return found


def test_typing_is_for_those_who_show_theirs():
    assert heard(TYPING) == dict.fromkeys([ALL, NO_PRESENCE, NO_TIME], TYPING.model_dump())


def test_presence_is_for_those_who_show_theirs_and_the_time_for_those_who_show_that():
    known = GONE.model_dump()
    assert heard(GONE) == {ALL: known, NO_TYPING: known, NO_TIME: known | {"seen_at": None}}


def test_of_oneself_one_is_not_told():
    told = list(audiences(protocol.encode(GONE.model_copy(update={"user": "a"})), EVERYBODY))
    assert [connections for _, connections in told] == [[], []]


@pytest.mark.parametrize("frame", [TYPING, GONE])
def test_such_frames_are_known_by_their_beginning(frame):
    assert protocol.encode(frame).startswith(OF_PEOPLE)


def test_others_are_none_of_these():
    read = protocol.ReadFrame(thread=1, user="7", seq=1)
    assert not protocol.encode(read).startswith(OF_PEOPLE)
