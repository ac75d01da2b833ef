from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from privatemessages import history
from privatemessages.history import retention
from privatemessages.models import Message
from tests.actions.test_pruning import MONTH, age
from tests.messenger import write

# The index of the constraint on (thread, seq).
BY_NUMBER = {
    "postgresql": "privatemessages_message_seq",
    "sqlite": "sqlite_autoindex_privatemessages_message_1",
}

LONG = 2_000  # messages

pytestmark = pytest.mark.django_db


def test_only_threads_that_begin_before_are_looked_at(thread, room, alice, monkeypatch):
    monkeypatch.setattr(retention, "THREADS_AT_ONCE", 1)
    for each in (thread, room):
        write(alice, each, "a", "b")
    age(thread, up_to=1)
    before = timezone.now() - MONTH

    assert list(history.threads_older_than("direct", before)) == [thread.id]
    assert list(history.threads_older_than("room", before)) == []
    assert history.last_before(thread.id, before) == 1
    assert history.outdated("direct", before) == (1, 1)


def test_a_thread_without_messages_has_nothing_old(thread):
    before = timezone.now() + timedelta(days=1)
    assert history.outdated("direct", before) == (0, 0)
    assert history.last_before(thread.id, before) == 0


def test_a_long_history_is_read_by_its_index(thread, alice):
    of_alice = partial(Message, thread=thread, sender=alice, text="a", sent_at=timezone.now())
    Message.objects.bulk_create(
        of_alice(seq=number, version=number, uuid=uuid4()) for number in range(1, LONG)
    )
    with CaptureQueriesContext(connection) as queries:
        list(history.threads_older_than("direct", timezone.now()))
        history.last_before(thread.id, timezone.now())

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
            # In tables this small anything else is as good.
            for other in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{other} = off")
        for query in queries.captured_queries:
            plan = _plan(cursor, query["sql"])
            assert BY_NUMBER[connection.vendor] in plan, plan
            assert "Sort" not in plan, plan
            assert "B-TREE" not in plan, plan


def _plan(cursor, sql):
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    cursor.execute(f"{explain} {sql}")
    return "\n".join(str(row) for row in cursor.fetchall())
