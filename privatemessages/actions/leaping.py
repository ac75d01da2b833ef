"""After a backup was restored, what people have seen since it was made is not there any more.

Their clients hold numbers that the database would give again, to something else. So every thread
leaps over them: a client finds versions without messages, and loads the thread afresh. New threads
are not called like lost ones either, or what waits in a browser might reach others.
"""

from __future__ import annotations

from django.db import connections, router, transaction
from django.db.models import F, Max

from ..models import Thread

LEAP = 1_000_000  # more than a thread, or the site, has new between a backup and its restoration


@transaction.atomic
def leap() -> int:
    """How many threads did."""
    _leap_over_threads()
    return Thread.objects.update(version=F("version") + LEAP)


def _leap_over_threads() -> None:
    """SQLite counts on from the highest number that there ever was: it is restored by its file."""
    connection = connections[router.db_for_write(Thread)]
    if connection.vendor == "postgresql":
        highest = Thread.objects.aggregate(highest=Max("pk"))["highest"] or 0
        table, column = Thread._meta.db_table, Thread._meta.pk.column
        with connection.cursor() as cursor:
            sequence = "pg_get_serial_sequence(%s, %s)"
            cursor.execute(f"SELECT setval({sequence}, %s)", [table, column, highest + LEAP])
