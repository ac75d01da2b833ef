"""One site for each file of tests, and for each test people of its own."""

import pytest

from tests.keeping.site import KeptSite


def pytest_ignore_collect(config):
    """They bring a PostgreSQL of their own: once is enough, whatever is behind Django here."""
    return True if config.getoption("--database") == "sqlite" else None


@pytest.fixture(scope="module")
def running_site():
    with KeptSite(companies=4, size=4) as site:
        yield site


@pytest.fixture
def site(running_site):
    running_site.heal()
    return running_site
