"""What must be true where people come and go: a comparison of what each client saw, what the
database holds, and what was done. Pure; each function tells what is wrong, as in `check`.
"""

from collections.abc import Iterable, Iterator

from tests.faults import check
from tests.faults.books import Books
from tests.faults.register import Register
from tests.faults.witness import Witness


def problems(books: Books, witnesses: Iterable[Witness], register: Register) -> list[str]:
    witnesses = list(witnesses)
    found = [*check.untrue_numbers(books), *wrong_people(books, register)]
    found += [*check.invented(books, witnesses), *spoken_from_outside(books, register)]
    for witness in witnesses:
        found += check.lost_or_changed(books, witness.user, _kept_to(witness))
        found += check.out_of_order(books, witness.user, witness.sent)
        found += [*check.told_wrongly(books, witness), *check.seen_wrongly(books, witness)]
        found += [*seen_from_outside(books, witness, register), *held_from_outside(books, witness)]
        found += [*refused_and_kept(books, witness), *refused_wrongly(books, witness, register)]
    return found


def wrong_people(books: Books, register: Register) -> Iterator[str]:
    for thread, book in books.items():
        if sorted(book.present) != register.inside(thread):
            yield f"people: {thread} has {sorted(book.present)}, not {register.inside(thread)}"


def spoken_from_outside(books: Books, register: Register) -> Iterator[str]:
    """By somebody who did not belong, or was muted, at the moment of acceptance."""
    for thread, book in books.items():
        for row in book.texts:
            if not register.may_have_spoken(thread, row.sender, row.sent_at):
                yield f"spoken: {row.seq} of {thread} by {row.sender} at {row.sent_at}"


def seen_from_outside(books: Books, witness: Witness, register: Register) -> Iterator[str]:
    for sight in witness.sights:
        if sight.thread in books and not register.may_have_seen(witness.user, sight):
            road = "live" if sight.live else "in the history"
            yield f"seen: {witness.user} saw {sight.key} of {sight.thread} {road}: {sight}"


def held_from_outside(books: Books, witness: Witness) -> Iterator[str]:
    """Who does not belong any more holds nothing."""
    for thread, book in books.items():
        if witness.user not in book.present and thread in witness.copies:
            yield f"held: {witness.user} holds something of {thread} still"


def refused_and_kept(books: Books, witness: Witness) -> Iterator[str]:
    for thread, key in witness.refused:
        if key in books[thread].by_key:
            yield f"kept: {key} of {thread} was told as refused"


def refused_wrongly(books: Books, witness: Witness, register: Register) -> Iterator[str]:
    """Whatever was down or slow meanwhile: who could speak was heard."""
    for sight in witness.sights:
        is_refused = (sight.thread, sight.key) in witness.refused
        if is_refused and register.could_speak(sight.thread, sight.key[0], sight.sent_at):
            yield f"refused: {sight.key} of {sight.thread}, spoken in good time"


def _kept_to(witness: Witness) -> list[check.Sent]:
    """What was written and not given up: that must be there."""
    return [sent for sent in witness.sent if sent[1] not in witness.given_up]
