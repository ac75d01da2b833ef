"""What happened, in the browser's words: the same ones as the server's."""

import pytest

from privatemessages import events
from privatemessages.models import Message
from privatemessages.protocol import Happening, Sender

ALICE, BOB = Sender(id="1", name="alice"), Sender(id="2", name="100%(value)s $& bob")

SAY = "async (message) => (await import('/happenings.js')).said(message)"

HAPPENINGS = [
    Happening(code=code, person=person, value=value)
    for name in events.SENTENCES
    for code, _, role in [name.partition("_")]
    for value in ([role] if code == "appointed" else ["", "Kitchen"])
    for person in (None, BOB)
]


def say(page, sender, event=None, *, text="in English", kind="event"):
    event = event and event.model_dump(mode="json")
    sender = sender and sender.model_dump(mode="json")
    return page.evaluate(SAY, {"kind": kind, "sender": sender, "text": text, "event": event})


@pytest.mark.parametrize("actor", [None, ALICE, BOB], ids=str)
def test_the_browser_says_what_the_server_says(scripts, actor):
    assert {event.code for event in HAPPENINGS} == set(Message.Event)
    for event in HAPPENINGS:
        assert say(scripts, actor, event) == events.english(actor, event)


def test_what_it_does_not_know_it_says_as_it_was_told(scripts):
    for code in ("tomorrow", "constructor", "appointed"):
        event = Happening(code=code, value="king")
        assert say(scripts, ALICE, event, text="alice did it") == "alice did it"


def test_an_action_names_who_acts(scripts):
    assert say(scripts, ALICE, text="waves", kind="action") == "* alice waves"
    assert say(scripts, None, text="waves", kind="action") == "* A deleted person waves"
    assert say(scripts, ALICE, text="waves", kind="text") == "waves"
