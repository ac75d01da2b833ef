"""Fixtures for all tests. The servers themselves are started by `tests.services.plugin`."""

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as generated

from myproject.sessions.copies import copies
from privatemessages import wiring
from tests.measuring import measured, pytest_terminal_summary  # noqa: F401 - used by pytest
from tests.messenger import (  # noqa: F401 - fixtures
    alice,
    bob,
    carol,
    clock,
    dave,
    group,
    post_as_worker,
    private_room,
    room,
    staff,
    thread,
    told,
)
from tests.services import PostgresServer, RedisServer
from tests.services.chromium import find_chromium
from tests.services.plugin import POSTGRES, REDIS

# On a busy machine the clock says nothing about the code. The examples are the same in every run,
# so that a failure belongs to the change that made it; `--hypothesis-profile=search` tries others.
busy = generated(deadline=None, suppress_health_check=[HealthCheck.too_slow])
generated.register_profile("search", busy)
generated.register_profile("busy", busy, derandomize=True)
generated.load_profile("busy")


def pytest_configure():
    """Passwords that are hashed slowly on purpose are for the processes that tests start."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """SQLite in a file, as it is used, where Django's test runner would keep it in memory."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        folder = tmp_path_factory.mktemp("database")
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")


@pytest.fixture
def redis_server(pytestconfig) -> RedisServer:
    """The Redis of REDIS_URL, empty, and nobody leaves it alone because a test killed it."""
    server = pytestconfig.stash[REDIS]
    if not server.alive:
        server.start()
    server.wipe()
    copies.cache_clear()
    wiring.broker.cache_clear()
    wiring.untold()._waiting.clear()  # of a test before, which would be told in this one
    return server


@pytest.fixture(scope="session")
def postgres_server(pytestconfig) -> PostgresServer:
    """The PostgreSQL of DATABASE_URL, where the tests run on it."""
    return pytestconfig.stash[POSTGRES]


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    return find_chromium()
