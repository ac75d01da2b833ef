"""What the database holds, read past Django: a witness of its own."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property

import psycopg2

from tests.client.history import Key


@dataclass(frozen=True)
class Row:
    seq: int
    version: int
    sender: str
    id: str
    text: str


@dataclass(frozen=True)
class Book:
    """One thread."""

    version: int
    text_count: int
    sent_counts: dict[str, int]  # by the person's id
    rows: tuple[Row, ...]  # in the order of seq

    @cached_property
    def by_key(self) -> dict[Key, list[Row]]:
        found: dict[Key, list[Row]] = {}
        for row in self.rows:
            found.setdefault((row.sender, row.id), []).append(row)
        return found


Books = dict[int, Book]  # by the thread's id

THREADS = "SELECT id, version, text_count FROM privatemessages_thread WHERE id = ANY(%s)"
MEMBERS = """
    SELECT thread_id, user_id::text, sent_count FROM privatemessages_member
    WHERE thread_id = ANY(%s)
"""
MESSAGES = """
    SELECT thread_id, seq, version, sender_id::text, uuid::text, text
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
    counts: dict[int, dict[str, int]] = {thread: {} for thread in wanted}
    rows: dict[int, list[Row]] = {thread: [] for thread in wanted}
    for thread, user, count in found[1]:
        counts[thread][user] = count
    for thread, *row in found[2]:
        rows[thread].append(Row(*row))
    return {
        thread: Book(version, texts, counts[thread], tuple(rows[thread]))
        for thread, version, texts in found[0]
    }
