"""Starts PostgreSQL and Redis before Django reads its settings, and ends them with the session.

Each of pytest-xdist's processes has its own; the one that hands out the tests has none.
"""

import os
import tempfile
from contextlib import ExitStack
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from myproject.catalogues import compile_catalogues
from tests.services import ROOT, PostgresServer, RedisServer

SERVERS = pytest.StashKey[ExitStack]()
POSTGRES = pytest.StashKey[PostgresServer]()
REDIS = pytest.StashKey[RedisServer]()

# The tests of each of these folders and files share servers that take long to start.
TOGETHER = {
    *("tests/deployment", "tests/doctor", "tests/faults", "tests/foreign_project", "tests/hosts"),
    *("tests/myproject/test_sessions_failover.py", "tests/services/test_services.py"),
}
# The longest of all, in two halves.
BROWSER = "tests/browser"
MIDDLE = f"{BROWSER}/test_m"


class Scheduling(LoadScopeScheduling):
    """The largest of these folders first, and in the end one test after the other.

    `--dist loadgroup` is meant for that, and with pytest 9.2 finds no groups any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        folder = "/".join(nodeid.split("/")[:2])
        if folder == BROWSER:
            return f"{folder}, {'first' if nodeid < MIDDLE else 'second'} half"
        file = nodeid.partition("::")[0]
        return next((shared for shared in (folder, file) if shared in TOGETHER), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "the database behind Django in these tests"
    parser.addoption(
        "--database", choices=["postgresql", "sqlite"], default="postgresql", help=help_text
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    options = early_config.known_args_namespace
    if options.help or options.version:
        return
    runs_a_part = "PYTEST_XDIST_WORKER" in os.environ
    if not runs_a_part:
        compile_catalogues(ROOT)
    if options.numprocesses and not runs_a_part:
        os.environ |= _environment("sqlite://:memory:", "redis://127.0.0.1:1/0")
    else:
        os.environ |= _environment(*_start_servers(early_config, options.database))


def _start_servers(config: pytest.Config, kind: str) -> tuple[str, str]:
    """The URLs of the database and of Redis."""
    servers = config.stash[SERVERS] = ExitStack()
    config.add_cleanup(servers.close)
    redis = config.stash[REDIS] = servers.enter_context(RedisServer())
    if kind == "postgresql":
        postgres = config.stash[POSTGRES] = servers.enter_context(PostgresServer())
        return postgres.create_database("privatemessages"), redis.url
    folder = servers.enter_context(tempfile.TemporaryDirectory(prefix="sqlite-"))
    return f"sqlite:///{folder}/db.sqlite3", redis.url


def _environment(database: str, redis: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": "a secret of the tests",
        "API_KEY": "the workers' key",
        "PROGRAM_API_KEYS": "the programs' key",
        "DEBUG": "True",
    }
