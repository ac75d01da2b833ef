"""The check of rights itself: what was right passes, and each wrong is told by name."""

from dataclasses import replace

import pytest

from tests.client.chance import chance
from tests.client.holes import Question
from tests.faults.books import Book, Place, Row
from tests.faults.office import Deed
from tests.faults.register import FOLLOWS, Register
from tests.faults.rights import problems
from tests.faults.witness import Witness

THREAD = 7
ANN, BEN = "1", "2"
CAME, GONE = 10_000, 50_000  # ms; when both come, and Ben goes


def deed(at):
    return Deed(at, at + 10, None, 0)


def row(seq, name, sent_at, sender=ANN):
    return Row(seq, seq, sender, name, "hello", sent_at=sent_at)


ROWS = (row(1, "a", 11_000), row(2, "b", 12_000, BEN), row(3, "c", GONE + 5_000))
PLACES = {ANN: Place(ANN, 2), BEN: Place(BEN, 1, is_present=False)}
BOOK = Book(version=3, text_count=3, rows=ROWS, places=PLACES, member_count=1)


@pytest.fixture
def register():
    """Both come, and Ben goes; what was before one came is for nobody."""
    register = Register()
    for user in (ANN, BEN):
        register.came(THREAD, user, deed(CAME))
    register.went(THREAD, BEN, deed(GONE))
    return register


def message(kept):
    shape = {"thread": THREAD, "sender": {"id": kept.sender, "name": ""}, "id": kept.id}
    shape |= {"type": "message", "text": kept.text, "sent_at": kept.sent_at}
    return shape | {"seq": kept.seq, "version": kept.version}


@pytest.fixture
def ann():
    return witness(ANN, ROWS)


@pytest.fixture
def ben():
    ben = witness(BEN, ROWS[:2])
    ben.hear({"type": "removed", "thread": THREAD}, 0.0)
    return ben


def witness(user, rows):
    made = Witness(user, chance(1))
    made.sent += [(THREAD, kept.id, kept.text) for kept in ROWS if kept.sender == user]
    for kept in rows:
        made.hear(message(kept), 0.0)
    return made


def found(register, *witnesses, book=BOOK):
    return {told.partition(":")[0] for told in problems({THREAD: book}, witnesses, register)}


def test_what_was_right_passes(register, ann, ben):
    assert found(register, ann, ben) == set()


def test_somebody_is_there_who_was_removed(register, ann, ben):
    places = PLACES | {BEN: Place(BEN, 1)}
    assert "people" in found(register, ann, ben, book=replace(BOOK, places=places, member_count=2))


def test_somebody_hears_what_is_said_after_they_went(register, ann, ben):
    ben.hear(message(row(3, "c", GONE + 10 + FOLLOWS + 1)), 0.0)
    ben.hear({"type": "removed", "thread": THREAD}, 0.0)
    assert found(register, ann, ben) == {"seen"}


def test_within_a_second_it_may_be_heard_but_not_read(register, ann, ben):
    late = message(row(3, "c", GONE + FOLLOWS))
    ben.hear(late, 0.0)
    ben.hear({"type": "removed", "thread": THREAD}, 0.0)
    assert found(register, ann, ben) == set()
    ben.answer(Question(THREAD, 2), {"messages": [late], "version": 3, "complete": True}, 0.0)
    assert found(register, ann, ben) == {"seen"}


@pytest.mark.parametrize(("shows_past", "expected"), [(False, {"seen"}), (True, set())])
def test_what_was_before_they_came_is_for_them_or_not(register, ann, ben, shows_past, expected):
    if shows_past:
        register.shows_past.add(THREAD)
    early = message(row(1, "a", CAME - FOLLOWS - 1))
    ben.answer(Question(THREAD, 0), {"messages": [early], "version": 3, "complete": True}, 0.0)
    assert found(register, ann, ben) == expected


def test_somebody_is_heard_after_they_went(register, ann, ben):
    rows = (ROWS[0], replace(ROWS[1], sent_at=GONE + 11), ROWS[2])
    assert found(register, ann, ben, book=replace(BOOK, rows=rows)) == {"spoken"}


def test_somebody_is_heard_who_was_muted(register, ann, ben):
    register.muted(THREAD, BEN, deed(11_500))
    register.unmuted(THREAD, BEN, deed(13_000))
    assert found(register, ann, ben) == {"spoken"}


def test_somebody_keeps_what_they_saw(register, ann):
    assert found(register, ann, witness(BEN, ROWS[:2])) == {"held"}


def refused(kept):
    told = {"type": "refused", "thread": THREAD, "sender": kept.sender, "id": kept.id}
    return told | {"code": "not_found"}


def test_what_was_refused_is_there(register, ann, ben):
    ben.hear(refused(ROWS[1]), 0.0)
    assert "kept" in found(register, ann, ben)


def test_what_was_spoken_in_good_time_is_refused(register, ann, ben):
    spoken = message(row(None, "d", 20_000, BEN))
    for client in (ann, ben):
        client.hear(spoken, 0.0)
        client.hear(refused(row(None, "d", 20_000, BEN)), 0.0)
    assert "refused" in found(register, ann, ben)
