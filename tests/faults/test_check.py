"""The check itself: true books pass, and each way in which books may be wrong is told by name."""

from dataclasses import replace

import pytest

from tests.client import Client
from tests.client.chance import chance
from tests.faults.books import Book, Place, Row
from tests.faults.check import Writer, problems

THREAD = 7
ANN, BEN = "1", "2"


def row(seq, sender, name):
    return Row(seq, seq, sender, name, f"text of {name}")


ROWS = (row(1, ANN, "a"), row(2, ANN, "b"), row(3, BEN, "c"), row(4, ANN, "d"))
PLACES = {ANN: Place(ANN, 3), BEN: Place(BEN, 1)}
BOOK = Book(version=4, text_count=4, rows=ROWS, places=PLACES)


def reading_client(book=BOOK):
    """Ben, who wrote `c`, saw everything as the book has it."""
    client = Client(BEN, chance(1))
    client.sent.append((THREAD, "c", "text of c"))
    for kept in book.rows:
        message = {"thread": THREAD, "sender": {"id": kept.sender, "name": ""}, "id": kept.id}
        message |= {"type": "message", "text": kept.text, "seq": None, "version": None}
        client.hear(message, 0.0)
        entry = {"sender": kept.sender, "id": kept.id, "seq": kept.seq}
        client.hear({"type": "stored", "thread": THREAD, "messages": [entry]}, 0.0)
    return client


def ann():
    return Writer(ANN, [(THREAD, name, f"text of {name}") for name in "abd"])


def found(book, client=None, writer=None):
    all_found = problems({THREAD: book}, [client or reading_client()], [writer or ann()])
    return {problem.partition(":")[0] for problem in all_found}


def test_true_books_pass():
    assert found(BOOK) == set()


def with_rows(*rows):
    return replace(BOOK, rows=rows)


def without(name):
    return with_rows(*(kept for kept in ROWS if kept.id != name))


WRONG = {
    "a row twice": (replace(BOOK, rows=(*ROWS, row(5, ANN, "a")), version=5), "doubled"),
    "a row missing": (without("b"), "lost"),
    "a gap": (with_rows(*ROWS[:3], row(5, ANN, "d")), "numbers"),
    "a version behind its rows": (replace(BOOK, version=3), "numbers"),
    "texts miscounted": (replace(BOOK, text_count=3), "numbers"),
    "senders miscounted": (replace(BOOK, places=PLACES | {ANN: Place(ANN, 2)}), "numbers"),
    "people miscounted": (replace(BOOK, member_count=3), "numbers"),
    "a text changed": (with_rows(replace(ROWS[0], text="?"), *ROWS[1:]), "changed"),
    "another seq than told": (with_rows(row(1, ANN, "b"), row(2, ANN, "a"), *ROWS[2:]), "told"),
    "a row that nobody wrote": (with_rows(*ROWS, row(5, ANN, "x")), "invented"),
}


@pytest.mark.parametrize(("book", "kind"), WRONG.values(), ids=WRONG)
def test_wrong_books_are_told_by_name(book, kind):
    assert kind in found(book)


def test_an_order_that_is_not_the_senders():
    assert found(BOOK, writer=Writer(ANN, ann().sent[::-1])) == {"order"}


def test_a_client_that_missed_a_message():
    client = reading_client(without("b"))
    assert found(BOOK, client) == {"differs"}


def test_a_client_that_still_holds_something_as_spoken():
    client = reading_client()
    spoken = {"type": "message", "thread": THREAD, "sender": {"id": ANN, "name": ""}}
    client.hear(spoken | {"id": "x", "text": "?", "seq": None, "version": None}, 0.0)
    assert found(BOOK, client) == {"differs"}


def test_a_client_that_was_told_two_numbers():
    client = reading_client()
    entry = {"sender": ANN, "id": "a", "seq": 9}
    client.hear({"type": "stored", "thread": THREAD, "messages": [entry]}, 0.0)
    assert found(BOOK, client) == {"told", "differs"}


def test_a_message_that_was_refused():
    client = reading_client()
    refused = {"type": "refused", "thread": THREAD, "sender": BEN, "id": "c", "code": "not_found"}
    client.hear(refused, 0.0)
    assert "given up" in found(BOOK, client)
