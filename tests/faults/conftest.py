"""One stack for all of these tests, and for each of them people of its own."""

import pytest

from tests.faults.stack import Stack

COMPANIES = 20  # one for each test; making one more costs nothing
SIZE = 20  # people; some have two sockets


def pytest_ignore_collect(config):
    """They bring a PostgreSQL of their own: once is enough, whatever is behind Django here."""
    return True if config.getoption("--database") == "sqlite" else None


@pytest.fixture(scope="session")
def running_stack():
    with Stack(COMPANIES, SIZE) as stack:
        yield stack


@pytest.fixture
def stack(running_stack):
    running_stack.heal()
    yield running_stack
    running_stack.heal()
