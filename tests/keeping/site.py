"""A site that is copied, lost and restored by the commands that an operator has."""

import os
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from tests.faults.stack import Stack
from tests.services import PYTHON, ROOT, finished
from tests.services.postgres import programs


class KeptSite(Stack):
    """Its database belongs to somebody who is no superuser, as the document has it."""

    def _environment(self, django: int) -> dict[str, str]:
        with self.postgres.cursor() as cursor:
            cursor.execute("CREATE ROLE keeper LOGIN")
            cursor.execute("ALTER DATABASE faults OWNER TO keeper")
        self.database = self.database.replace("postgres@", "keeper@")
        return super()._environment(django) | {"LEASE_SECONDS": "1"}

    def keep(self, script: str, *words: object, **changed: str) -> subprocess.CompletedProcess[str]:
        """`deploy/backup` or `deploy/restore`, as an operator runs it."""
        path = f"{programs()}{os.pathsep}{os.environ['PATH']}"
        env = self.env | {"PYTHON": PYTHON, "PATH": path} | changed
        return finished(ROOT / "deploy" / script, *map(str, words), env=env)

    def backup(self, folder: Path) -> str:
        done = self.keep("backup", "--wait", 10, folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def restore(self, *words: object) -> str:
        done = self.keep("restore", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self) -> None:
        """Gunicorn and the workers, as when their machine is lost."""
        for process in (self.django, *self.workers):
            if process.alive:
                process.kill()

    def start(self) -> None:
        for process in (self.django, *self.workers):
            process.start()

    def drop_database(self) -> None:
        with self.postgres.cursor() as cursor:
            cursor.execute("DROP DATABASE faults WITH (FORCE)")
            cursor.execute("CREATE DATABASE faults OWNER keeper")

    def sessions(self) -> list[Any]:
        return self.ask("SELECT session_key, session_data, expire_date FROM django_session")

    def sign_in_again(self, sessions: list[Any]) -> None:
        """Everybody, in the same browsers."""
        with closing(psycopg2.connect(self.database)) as connection, connection:
            statement = "INSERT INTO django_session VALUES %s"
            execute_values(connection.cursor(), statement, sessions)

    def ask(self, query: str) -> list[Any]:
        with closing(psycopg2.connect(self.database)) as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            return cursor.fetchall()

    def change(self, statement: str) -> None:
        with closing(psycopg2.connect(self.database)) as connection, connection:
            connection.cursor().execute(statement)
