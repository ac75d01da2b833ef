import pytest
from django.core.checks import run_checks

from privatemessages import conf


@pytest.fixture(autouse=True)
def long_key(settings):
    settings.API_KEY = "k" * 20


@pytest.fixture
def found():
    """What the app's checks say before a server starts."""

    def run():
        return [said for said in run_checks() if said.id.startswith("privatemessages.")]

    return run


@pytest.fixture
def own(settings, found):
    """Sets keys of PRIVATEMESSAGES; what the checks then say."""

    def run(**keys):
        settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | keys
        return found()

    return run


@pytest.fixture
def said(settings):
    """What one of the checks for deployment says, with these keys of PRIVATEMESSAGES."""

    def run(check, **keys):
        settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | keys
        return list(check(conf.load()))

    return run
