"""The one place where messages are stored, whichever road they came by.

A ledger is opened inside a transaction. It locks the threads, reads in three queries what it has
to know, enters drafts and marks in memory, and writes with five queries, however many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from ..errors import Malformed, MayNotPost, NotFound
from ..models import Member, Message, Stay, Thread
from ..querysets import Identity
from . import reminders

# Who was added a moment ago may speak at once, although a worker's clock is a little behind.
CLOCK_SKEW = timedelta(seconds=5)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was checked and has no number yet."""

    thread_id: int
    sender_id: Any
    uuid: UUID
    text: str
    sent_at: datetime
    reply_to: int | None = None
    kind: str = Message.Kind.TEXT

    @property
    def identity(self) -> Identity:
        return self.thread_id, self.sender_id, self.uuid


@dataclass(frozen=True, slots=True)
class Mark:
    thread_id: int
    user_id: Any
    seq: int
    read_at: datetime


class Ledger:
    def __init__(self, drafts: Collection[Draft], marks: Collection[Mark] = ()) -> None:
        """Locks the threads of all of them until the transaction ends."""
        thread_ids = {draft.thread_id for draft in drafts} | {mark.thread_id for mark in marks}
        self._threads = {thread.id: thread for thread in Thread.objects.locked(thread_ids)}
        user_ids = {draft.sender_id for draft in drafts} | {mark.user_id for mark in marks}
        self._members = _by_place(Member.objects.among(thread_ids, user_ids))
        resembling = Message.objects.resembling([draft.identity for draft in drafts])
        self._known = {_identity(message): message for message in resembling}
        self._new: list[Message] = []
        self._read: dict[int, Mark] = {}  # by the member's id
        self._reminded: dict[int, Member] = {}

    def enter(self, draft: Draft) -> tuple[Message, bool]:
        """The stored message, and whether it is new; saving twice is saving once.

        Raises NotFound where the sender did not belong when it was sent or the thread is deleted by
        now, MayNotPost where they were muted then or the thread was closed, and Malformed where it
        answers a number that the thread has not reached.
        """
        known = self._known.get(draft.identity)
        if known is not None:
            return known, False
        member = self._member_at(draft)
        thread = self._threads[draft.thread_id]
        if thread.deleted_at is not None:
            raise NotFound
        _check_may_post(thread, member, draft)
        if draft.reply_to is not None and not 1 <= draft.reply_to <= thread.version:
            raise Malformed("It answers a message that does not exist.")
        message = self._known[draft.identity] = _append(thread, member, draft)
        self._new.append(message)
        return message, True

    def thread(self, thread_id: int) -> Thread:
        """One of those that are locked."""
        return self._threads[thread_id]

    def mark(self, mark: Mark) -> None:
        """Clamped, and dropped where it changes nothing: no such member, or read already."""
        member = self._members.get((mark.thread_id, mark.user_id))
        if member is None or member.left_at is not None:
            return
        seq = min(mark.seq, self._threads[mark.thread_id].version)
        if reminders.answers(member, seq, mark.read_at):
            self._reminded[member.id] = member
        if seq > member.read_seq:
            member.read_seq = seq
            self._read[member.id] = replace(mark, seq=seq)

    def write(self) -> tuple[list[Mark], list[Member]]:
        """The marks that moved, and who need not be reminded any more."""
        if self._new:
            self._write_messages()
        if self._read:
            self._write_marks()
        if self._reminded:
            self._write_reminders()
        return list(self._read.values()), list(self._reminded.values())

    def _member_at(self, draft: Draft) -> Member:
        member = self._members.get((draft.thread_id, draft.sender_id))
        if member is None or not (_belonged(member, draft) or _belonged_earlier(member, draft)):
            raise NotFound
        return member

    def _write_messages(self) -> None:
        Message.objects.bulk_create(self._new)
        for message in self._new:
            self._threads[message.thread_id].last_message = message
        touched = {message.thread_id for message in self._new}
        rewrite(
            Thread.objects.all(),
            [self._threads[thread_id] for thread_id in sorted(touched)],
            ["version", "text_count", "last_message", "last_message_at"],
        )
        senders = {(message.thread_id, message.sender_id) for message in self._new}
        rewrite(Member.objects.all(), [self._members[place] for place in senders], ["sent_count"])

    def _write_marks(self) -> None:
        """`Greatest`, because mark_read may move the same mark without a thread's lock."""
        asked = Case(
            *[When(id=member_id, then=Value(mark.seq)) for member_id, mark in self._read.items()]
        )
        behind = Member.objects.filter(id__in=self._read)
        behind.update(read_seq=Greatest("read_seq", asked))

    def _write_reminders(self) -> None:
        """But for who asked once more since."""
        asked = [
            Q(id=member.id, marked_unread_at=member.marked_unread_at)
            for member in self._reminded.values()
        ]
        Member.objects.filter(reduce(or_, asked)).update(marked_unread_at=None)
        for member in self._reminded.values():
            member.marked_unread_at = None


def _belonged(stay: Member | Stay, draft: Draft) -> bool:
    has_begun = stay.joined_at <= draft.sent_at + CLOCK_SKEW
    return has_begun and (stay.left_at is None or draft.sent_at < stay.left_at)


def _belonged_earlier(member: Member, draft: Draft) -> bool:
    """Asks the database, but only for what waited while its sender left and came back."""
    return any(_belonged(stay, draft) for stay in member.stays.filter(left_at__gt=draft.sent_at))


def _check_may_post(thread: Thread, member: Member, draft: Draft) -> None:
    is_closed = thread.closed_at is not None and thread.closed_at <= draft.sent_at
    if is_closed or member.is_muted_at(draft.sent_at):
        raise MayNotPost


def rewrite(table: QuerySet[Row], rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Rows that are there, told by their ids. bulk_update takes three times as long.

    Should a member have gone with their account meanwhile, the database refuses the row, and the
    batch comes again.
    """
    table.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields)


def _append(thread: Thread, member: Member, draft: Draft) -> Message:
    thread.version += 1
    thread.text_count += 1
    thread.last_message_at = max(thread.last_message_at, draft.sent_at)
    member.sent_count += 1
    return Message(
        thread=thread,
        seq=thread.version,
        version=thread.version,
        sender_id=draft.sender_id,
        uuid=draft.uuid,
        kind=draft.kind,
        text=draft.text,
        sent_at=draft.sent_at,
        reply_to=draft.reply_to,
    )


def _by_place(members: Iterable[Member]) -> dict[tuple[int, Any], Member]:
    return {(member.thread_id, member.user_id): member for member in members}


def _identity(message: Message) -> Identity:
    return message.thread_id, message.sender_id, message.uuid
