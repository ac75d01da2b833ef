"""What the database holds, read past Django: a witness of its own."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property

import psycopg2

from tests.client.history import Key

EVENT = "event"
JUST_BEFORE = 1_000  # ms; what was spoken so shortly before they joined is theirs


@dataclass(frozen=True)
class Row:
    """`sent_at` is milliseconds since 1970 UTC."""

    seq: int
    version: int
    sender: str
    id: str
    text: str
    kind: str = "text"
    sent_at: float = 0


@dataclass(frozen=True)
class Place:
    """Somebody's in a thread. `floor`: the history up to it is not theirs; `joined_at` as above.

    What others spoke earlier may be stored later, and is not theirs either.
    """

    user: str
    sent_count: int
    floor: int = 0
    joined_at: float = 0
    is_present: bool = True

    def shows(self, row: Row) -> bool:
        if row.seq <= self.floor:
            return False
        begin = self.joined_at - JUST_BEFORE
        return not self.floor or row.sender == self.user or row.sent_at >= begin


@dataclass(frozen=True)
class Book:
    """One thread."""

    version: int
    text_count: int
    rows: tuple[Row, ...]  # in the order of seq
    places: dict[str, Place] = field(default_factory=dict)  # by the person's id
    member_count: int = 2

    @cached_property
    def by_key(self) -> dict[Key, list[Row]]:
        found: dict[Key, list[Row]] = {}
        for row in self.rows:
            found.setdefault((row.sender, row.id), []).append(row)
        return found

    @cached_property
    def texts(self) -> list[Row]:
        return [row for row in self.rows if row.kind != EVENT]

    @cached_property
    def present(self) -> dict[str, Place]:
        return {user: place for user, place in self.places.items() if place.is_present}


Books = dict[int, Book]  # by the thread's id

THREADS = (
    "SELECT id, version, text_count, member_count FROM privatemessages_thread WHERE id = ANY(%s)"
)
MEMBERS = """
    SELECT thread_id, user_id::text, sent_count, since_seq,
        (extract(epoch FROM joined_at) * 1000)::float8, left_at IS NULL
    FROM privatemessages_member WHERE thread_id = ANY(%s)
"""
MESSAGES = """
    SELECT thread_id, seq, version, coalesce(sender_id::text, ''), uuid::text, text, kind,
        (extract(epoch FROM sent_at) * 1000)::float8
    FROM privatemessages_message WHERE thread_id = ANY(%s) ORDER BY thread_id, seq
"""


def read_books(database: str, threads: Iterable[int]) -> Books:
    """All at one moment."""
    wanted = list(threads)
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        found = []
        for statement in (THREADS, MEMBERS, MESSAGES):
            cursor.execute(statement, (wanted,))
            found.append(cursor.fetchall())
    places: dict[int, dict[str, Place]] = {thread: {} for thread in wanted}
    rows: dict[int, list[Row]] = {thread: [] for thread in wanted}
    for thread, user, *place in found[1]:
        places[thread][user] = Place(user, *place)
    for thread, *row in found[2]:
        rows[thread].append(Row(*row))
    return {
        thread: Book(version, texts, tuple(rows[thread]), places[thread], members)
        for thread, version, texts, members in found[0]
    }
