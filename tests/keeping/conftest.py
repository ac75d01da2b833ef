"""One site for each file of tests, and for each test people of its own."""

import pytest

from tests.faults.stack import pytest_ignore_collect  # noqa: F401 - used by pytest
from tests.keeping.site import KeptSite


@pytest.fixture(scope="module")
def running_site():
    with KeptSite(companies=4, size=4) as site:
        yield site


@pytest.fixture
def site(running_site):
    running_site.heal()
    return running_site
