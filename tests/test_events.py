import pytest
from django.utils import translation

from privatemessages import events
from privatemessages.models import Message
from privatemessages.protocol import Happening, Sender

ALICE, BOB = Sender(id="1", name="alice"), Sender(id="2", name="bob")

SAID = [
    (Happening(code="created", value="Kitchen"), "alice made this: Kitchen"),
    (Happening(code="joined"), "alice came in"),
    (Happening(code="added", person=BOB), "alice added bob"),
    (Happening(code="left"), "alice left"),
    (Happening(code="removed", person=BOB), "alice removed bob"),
    (Happening(code="banned", person=BOB), "alice banned bob"),
    (Happening(code="renamed", value="Cellar"), "alice changed the name to Cellar"),
    (Happening(code="topic", value="Soup"), "alice set the topic: Soup"),
    (Happening(code="topic"), "alice took the topic away"),
    (Happening(code="cleared"), "alice cleared the history"),
    (Happening(code="closed"), "alice closed this: it can be read, but nobody may write"),
    (Happening(code="reopened"), "alice opened this again"),
    (Happening(code="erased"), "A message by a deleted person was removed"),
    (Happening(code="appointed", person=BOB, value="owner"), "bob is an owner now"),
    (Happening(code="appointed", person=BOB, value="moderator"), "bob is a moderator now"),
    (Happening(code="appointed", person=BOB, value="member"), "bob is not a moderator any more"),
]


@pytest.mark.parametrize(("event", "words"), SAID)
def test_what_happened_is_said_in_a_sentence(event, words):
    assert events.english(ALICE, event) == words
    with translation.override("en"):
        assert events.sentence(ALICE, event) == words


def test_everything_that_can_happen_is_said():
    assert {event.code for event, _ in SAID} == set(Message.Event)


def test_everything_is_said_in_another_language():
    with translation.override("ru"):
        said = [events.sentence(ALICE, event) for event, _ in SAID]

    assert not set(said) & {words for _, words in SAID}
    assert len(set(said)) == len(SAID)


def test_on_the_wire_it_is_english_whatever_is_spoken_here():
    with translation.override("ru"):
        assert events.english(ALICE, SAID[0][0]) == SAID[0][1]


def test_whoever_was_deleted_has_no_name():
    removed = Happening(code="removed", person=None)

    assert events.english(None, removed) == "A deleted person removed A deleted person"


def test_a_name_with_a_percent_sign_is_a_name():
    assert events.english(Sender(id="1", name="100%(value)s"), SAID[1][0]) == "100%(value)s came in"
