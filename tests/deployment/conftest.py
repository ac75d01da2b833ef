import pytest

from tests.deployment.crowd import Stage
from tests.deployment.front import Front
from tests.deployment.stack import Deployment


@pytest.fixture(scope="package")
def whole_deployment():
    with Deployment() as deployment:
        yield deployment


@pytest.fixture
def deployment(whole_deployment):
    """Everything runs when a test begins, whatever the one before it did."""
    whole_deployment.heal()
    return whole_deployment


@pytest.fixture(scope="package")
def stage(whole_deployment):
    """With a company for each test that wants two hundred people."""
    return Stage(whole_deployment, 3)


@pytest.fixture(scope="package")
def whole_front():
    with Front() as front:
        yield front


@pytest.fixture
def front(whole_front):
    """haproxy and nginx by themselves."""
    whole_front.forget()
    return whole_front
