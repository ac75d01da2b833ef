"""The promises, each as a comparison: what every client saw with what the database holds. Pure.

Each function tells what is wrong, one sentence each; nothing is wrong when it tells nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.client import Client
from tests.client.history import Copy
from tests.faults.books import Book, Books, Place

Sent = tuple[int, str, str]  # thread, id, text


@dataclass
class Writer:
    """Somebody who wrote by another road than a socket, one message after the other."""

    user: str
    sent: list[Sent] = field(default_factory=list)


def problems(books: Books, clients: Iterable[Client], writers: Iterable[Writer]) -> list[str]:
    clients, writers = list(clients), list(writers)
    found = [*untrue_numbers(books)]
    for author in (*clients, *writers):
        found += [*lost_or_changed(books, author.user, author.sent)]
        found += [*out_of_order(books, author.user, author.sent)]
    found += [*invented(books, (*clients, *writers))]
    for client in clients:
        found += [*told_wrongly(books, client), *seen_wrongly(books, client)]
        found += [f"given up: {name}, {code}" for name, code in client.given_up.items()]
    return found


def untrue_numbers(books: Books) -> Iterator[str]:
    """Versions are contiguous, and the counts are true."""
    for thread, book in books.items():
        numbers = list(range(1, book.version + 1))
        if [row.seq for row in book.rows] != numbers:
            yield f"numbers: the seqs of {thread} are not 1 to {book.version}"
        if sorted(row.version for row in book.rows) != numbers:
            yield f"numbers: the versions of {thread} are not 1 to {book.version}"
        if book.text_count != len(book.texts):
            yield f"numbers: {thread} counts {book.text_count} texts and has {len(book.texts)}"
        if book.member_count != len(book.present):
            yield f"numbers: {thread} counts {book.member_count} people of {len(book.present)}"
        yield from _untrue_counts(thread, book)


def _untrue_counts(thread: int, book: Book) -> Iterator[str]:
    for user, place in book.places.items():
        sent = sum(row.sender == user and row.seq > place.floor for row in book.texts)
        if place.sent_count != sent:
            yield f"numbers: {thread} counts {place.sent_count} by {user}, who sent {sent}"


def lost_or_changed(books: Books, user: str, sent: Iterable[Sent]) -> Iterator[str]:
    """Every message that was written is there once, as it was written."""
    for thread, message_id, text in sent:
        rows = books[thread].by_key.get((user, message_id), [])
        if len(rows) != 1:
            yield f"{'doubled' if rows else 'lost'}: {message_id} of {user} in {thread}"
        elif rows[0].text != text:
            yield f"changed: {message_id} of {user} in {thread}"


def out_of_order(books: Books, user: str, sent: Iterable[Sent]) -> Iterator[str]:
    """In the order in which this socket sent them."""
    highest: dict[int, int] = {}
    for thread, message_id, _ in sent:
        for row in books[thread].by_key.get((user, message_id), []):
            if row.seq < highest.get(thread, 0):
                yield f"order: {row.seq} of {thread}, by {user}, was sent after {highest[thread]}"
            highest[thread] = max(row.seq, highest.get(thread, 0))


def invented(books: Books, authors: Iterable[Client | Writer]) -> Iterator[str]:
    """Nobody wrote what is there."""
    sent = {(thread, author.user, name) for author in authors for thread, name, _ in author.sent}
    for thread, book in books.items():
        for row in book.texts:
            if (thread, row.sender, row.id) not in sent:
                yield f"invented: {row.seq} of {thread}"


def told_wrongly(books: Books, client: Client) -> Iterator[str]:
    """What was told as stored is there exactly once, with that seq."""
    for (thread, key), seqs in client.told.items():
        kept = {row.seq for row in books[thread].by_key.get(key, [])}
        if kept != seqs or len(kept) != 1:
            yield f"told: {key} of {thread} was told as {seqs}, and is kept as {kept}"


def seen_wrongly(books: Books, client: Client) -> Iterator[str]:
    """Each thread as the history has it, and nothing besides."""
    for thread, book in books.items():
        place = book.present.get(client.user)
        if place is None:
            continue
        copy = client.copies[thread]
        expected = _expected(book, place, copy)
        if copy.stored != expected:
            held = f"{len(copy.stored)} of {thread}, not {len(expected)}"
            yield f"differs: {client.user} holds {held}"
        if copy.spoken:
            yield f"differs: {client.user} holds {len(copy.spoken)} of {thread} as only spoken"
        for contradiction in copy.contradictions:
            yield f"differs: {client.user} in {thread}: {contradiction}"


def _expected(book: Book, place: Place, copy: Copy) -> list[tuple[int, tuple[str, str], str]]:
    """What this person may see, of the part that the client loaded."""
    loaded = [row for row in book.rows if row.seq >= copy.oldest and place.shows(row)]
    return [(row.seq, (row.sender, row.id), row.text) for row in loaded]
