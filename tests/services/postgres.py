"""A PostgreSQL of one's own. It refuses to run as root, so root runs it as the user `postgres`."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, cursor
from psycopg2.sql import SQL, Identifier

from tests.services.process import _identity, free_port
from tests.services.server import Server

SUPERUSER = "postgres"
MAX_CONNECTIONS = 200

# A killed server loses nothing by this; only a machine that loses its power would.
QUICK = ("fsync=off", "full_page_writes=off")


class PostgresServer(Server):
    stop_signal = signal.SIGINT  # a fast shutdown: it does not wait for its clients

    def __init__(self) -> None:
        folder, port = Path(tempfile.mkdtemp(prefix="postgres-")), free_port()
        user = SUPERUSER if os.geteuid() == 0 else None
        options = [*QUICK, f"max_connections={MAX_CONNECTIONS}", "listen_addresses=127.0.0.1"]
        options += [f"port={port}", f"unix_socket_directories={folder}"]
        command = [programs() / "postgres", "-D", folder / "data"]
        command += [word for option in options for word in ("-c", option)]
        super().__init__(command, port=port, folder=folder, user=user)

    def __enter__(self) -> Self:
        self._initialise()
        self.start()
        return self

    def _initialise(self) -> None:
        if self.user is not None:
            shutil.chown(self.folder, self.user, self.user)
        command = [
            programs() / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            SUPERUSER,
            "-A",
            "trust",
        ]
        command += ["--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run(
            command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, **_identity(self.user)
        )

    def answers(self) -> bool:
        try:
            with self.cursor():
                return True
        except psycopg2.OperationalError:
            return False

    @property
    def url(self) -> str:
        return self._url("postgres")

    def create_database(self, name: str) -> str:
        """Make an empty database; its URL."""
        with self.cursor() as cursor:
            cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self._url(name)

    @contextmanager
    def cursor(self) -> Iterator[cursor]:
        """A cursor outside transactions, as the superuser."""
        with closing(psycopg2.connect(self.url, connect_timeout=5)) as connection:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                yield cursor

    def _url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.address}/{database}"


def programs() -> Path:
    """The folder of PostgreSQL's server programs, which Debian keeps out of PATH; the newest."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = str(versions[-1]) if versions else shutil.which("initdb")
    if found is None:
        raise FileNotFoundError("PostgreSQL's server programs (initdb, postgres) are not installed")
    return Path(found).parent


def _version(initdb: Path) -> int:
    return int(initdb.parts[-3])
