import pytest

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
