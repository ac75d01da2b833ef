"""The whole messenger with all that it can log, and gunicorn as it is deployed."""

import pytest

from tests.faults.stack import Stack, pytest_ignore_collect  # noqa: F401 - used by pytest
from tests.services import PYTHON


class Watched(Stack):
    """One company of two people, whose thread is theirs alone."""

    def __init__(self):
        super().__init__(companies=1, size=2)

    def _start(self):
        super()._start()
        self.people = self.company()

    def _serve(self, command, port):
        if "gunicorn" in command:
            command = [PYTHON, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
            command += ["--bind", f"127.0.0.1:{port}", "myproject.wsgi"]
        return super()._serve(command, port)

    def _environment(self, django):
        return super()._environment(django) | {
            "DJANGO_SETTINGS_MODULE": "tests.seeing.settings",
            "LOG_LEVEL": "DEBUG",
            "LOG_FORMAT": "json",
            "WEB_CONCURRENCY": "2",
        }


@pytest.fixture(scope="package")
def running():
    with Watched() as stack:
        yield stack


@pytest.fixture
def stack(running):
    running.heal()
    return running
