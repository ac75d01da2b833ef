"""What people spoke through sockets is stored, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from pydantic import Field

from .. import counters, people, protocol
from ..errors import MessengerError
from ..models import Message, Thread
from ..protocol import Number
from ..standing import shows_reads
from ..times import milliseconds, moment
from .ledger import Draft, Ledger, Mark
from .reminders import chosen_by
from .telling import Telling, read_mark, tell, to_thread

FUTURE_SKEW = timedelta(seconds=5)  # by which a worker's clock may be ahead


class Entry(protocol.Shape):
    """One spoken message. `sender` is `str(user.pk)`; `sent_at` is milliseconds since 1970 UTC."""

    thread: Number
    sender: str
    id: str
    kind: Literal["text"] = "text"
    text: str
    sent_at: Number
    reply_to: Annotated[int, Field(ge=1, le=protocol.BIGGEST_NUMBER)] | None = None


class ReadMark(protocol.Shape):
    """`at` is when it was read, in milliseconds since 1970 UTC; without it, now."""

    thread: Number
    user: str
    seq: Number
    at: Number | None = None


class Result(protocol.Shape):
    """What came of one entry: `seq` where it is stored, `code` where it was refused."""

    status: Literal["stored", "duplicate", "refused"]
    seq: int | None = None
    code: str | None = None


Judged = Draft | MessengerError
Outcome = tuple[Message, bool] | MessengerError


def save_batch(messages: Sequence[Entry], reads: Sequence[ReadMark] = ()) -> list[Result]:
    """One result for each message, in their order; one bad entry spoils no other.

    A message may be refused for what it is, for its place in the thread, and for nothing else. All
    that is expected becomes a result; what is not is raised, and then nothing of it is stored.
    """
    judged = [_judge(entry) for entry in messages]
    marks = list(_marks(reads))
    with transaction.atomic():
        ledger = Ledger([draft for draft in judged if isinstance(draft, Draft)], marks)
        outcomes = [_enter(ledger, draft) for draft in judged]
        for mark in marks:
            ledger.mark(mark)
        moved, reminded = ledger.write()
        read = [_read(mark, ledger.thread(mark.thread_id)) for mark in moved]
        chosen = [chosen_by(member) for member in reminded]
        tell([*_stored(outcomes), *_refused(messages, outcomes), *read, *chosen])
    return [_result(outcome) for outcome in outcomes]


def _judge(entry: Entry) -> Judged:
    try:
        return Draft(
            thread_id=entry.thread,
            sender_id=people.primary_key(entry.sender),
            uuid=UUID(protocol.clean_uuid(entry.id)),
            text=protocol.clean_text(entry.text),
            sent_at=_past(entry.sent_at, FUTURE_SKEW),
            reply_to=entry.reply_to,
        )
    except MessengerError as error:
        return error


def _past(ms: int, skew: timedelta = timedelta()) -> datetime:
    return moment(min(ms, milliseconds(timezone.now() + skew)))


def _marks(reads: Iterable[ReadMark]) -> Iterable[Mark]:
    """A mark of nobody is dropped, like one of somebody who left: it moves nothing."""
    for read in reads:
        try:
            read_at = timezone.now() if read.at is None else _past(read.at)
            yield Mark(read.thread, people.primary_key(read.user), read.seq, read_at)
        except MessengerError:
            continue


def _enter(ledger: Ledger, judged: Judged) -> Outcome:
    if isinstance(judged, MessengerError):
        return judged
    try:
        return ledger.enter(judged)
    except MessengerError as error:
        return error


def _stored(outcomes: Iterable[Outcome]) -> Iterable[Telling]:
    """One frame for each thread. Duplicates are in it: the first telling may have been lost."""
    stored = {outcome[0] for outcome in outcomes if not isinstance(outcome, MessengerError)}
    in_order = sorted(stored, key=attrgetter("thread_id", "seq"))
    for thread_id, messages in groupby(in_order, key=attrgetter("thread_id")):
        entries = [_stored_entry(message) for message in messages]
        yield to_thread(thread_id, protocol.Stored(thread=thread_id, messages=entries))


def _stored_entry(message: Message) -> protocol.StoredEntry:
    return protocol.StoredEntry(
        sender=str(message.sender_id), id=str(message.uuid), seq=message.seq
    )


def _refused(entries: Iterable[Entry], outcomes: Iterable[Outcome]) -> Iterable[Telling]:
    for entry, outcome in zip(entries, outcomes, strict=True):
        if isinstance(outcome, MessengerError):
            frame = protocol.Refused(
                thread=entry.thread, sender=entry.sender, id=entry.id, code=outcome.code
            )
            yield to_thread(entry.thread, frame)


def _read(mark: Mark, thread: Thread) -> Telling:
    is_shown = shows_reads(thread.kind, thread.member_count)
    return read_mark(mark.thread_id, mark.user_id, mark.seq, is_shown=is_shown)


def _result(outcome: Outcome) -> Result:
    if isinstance(outcome, MessengerError):
        result = Result(status="refused", code=outcome.code)
    else:
        message, created = outcome
        result = Result(status="stored" if created else "duplicate", seq=message.seq)
    counters.batched.labels(result.status).inc()
    return result
