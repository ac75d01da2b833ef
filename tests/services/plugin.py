"""Starts PostgreSQL and Redis before Django reads its settings, and ends them with the session."""

import os
import tempfile
from contextlib import ExitStack

import pytest

from myproject.catalogues import compile_catalogues
from tests.services import ROOT, PostgresServer, RedisServer

SERVERS = pytest.StashKey[ExitStack]()
POSTGRES = pytest.StashKey[PostgresServer]()
REDIS = pytest.StashKey[RedisServer]()


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
    compile_catalogues(ROOT)
    servers = early_config.stash[SERVERS] = ExitStack()
    early_config.add_cleanup(servers.close)
    redis = early_config.stash[REDIS] = servers.enter_context(RedisServer())
    if options.database == "postgresql":
        postgres = early_config.stash[POSTGRES] = servers.enter_context(PostgresServer())
        database = postgres.create_database("privatemessages")
    else:
        folder = servers.enter_context(tempfile.TemporaryDirectory(prefix="sqlite-"))
        database = f"sqlite:///{folder}/db.sqlite3"
    os.environ |= _environment(database, redis.url)


def _environment(database: str, redis: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": "a secret of the tests",
        "API_KEY": "the workers' key",
        "PROGRAM_API_KEYS": "the programs' key",
        "DEBUG": "True",
    }
