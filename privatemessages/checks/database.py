"""The database: there, of the right kind, roomy enough, and with all its tables."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from ..conf import Settings
from .deployment import for_deployment

# As few as others than the superuser may have.
ROOM = """
    SELECT current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
"""


@for_deployment
def check_database(settings: Settings) -> Iterator[CheckMessage]:
    try:
        yield from _asked(settings)
    except Error as error:
        yield Warning(
            f"The database cannot be asked: {' '.join(str(error).split())}",
            hint="Start it, or set where it is.",
            id="privatemessages.W020",
        )


def _asked(settings: Settings) -> Iterator[CheckMessage]:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        yield Warning(
            "The database is SQLite, in which one writer at a time has all others wait.",
            hint="Use PostgreSQL.",
            id="privatemessages.W014",
        )
    if connection.vendor == "postgresql":
        yield from _room(settings.IDENTITY_THREADS)
    yield from _migrations()


def _room(threads: int) -> Iterator[CheckMessage]:
    """For one worker and one page, which is the least there is."""
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
        room = cursor.fetchone()[0]
    if room <= threads:
        yield Warning(
            f"PostgreSQL allows {room} connections, and one worker alone may hold {threads}.",
            hint="Raise max_connections (IDENTITY_THREADS for each worker, and one for each "
            "thread of gunicorn), or lower IDENTITY_THREADS.",
            id="privatemessages.W015",
        )


def _migrations() -> Iterator[CheckMessage]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in plan)
        yield Warning(
            f"The database has not seen all migrations: {names}.",
            hint="Run `manage.py migrate`.",
            id="privatemessages.W016",
        )
