"""One messenger in real processes for all of these tests; each breaks something else in it."""

import json
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg2
import pytest

from privatemessages.management.commands.doctor import TIMEOUT
from tests.faults.stack import (
    Stack,
    _worker,
    pytest_ignore_collect,  # noqa: F401 - used by pytest
)
from tests.services import PYTHON, Process, finished, free_port

TABLES = (
    "auth_user",
    "django_session",
    "privatemessages_thread",
    "privatemessages_member",
    "privatemessages_message",
    "privatemessages_preferences",
    "privatemessages_record",
)


class Site(Stack):
    def _environment(self, django):
        return super()._environment(django) | {"DJANGO_SETTINGS_MODULE": "tests.doctor.settings"}

    @contextmanager
    def worker(self, **env):
        """One more, with an environment of its own; its port."""
        port = free_port()
        with Process(_worker(port), port=port, env=self.env | env):
            yield str(port)


@pytest.fixture(scope="session")
def running_stack():
    with Site(0, 0) as stack:
        yield stack


@pytest.fixture
def stack(running_stack):
    running_stack.heal()
    return running_stack


@dataclass
class Found:
    """What a doctor said, and with which exit status."""

    status: int
    text: str

    @property
    def steps(self):
        return [step["name"] for step in self.told["steps"]]

    @property
    def told(self):
        return json.loads(self.text)

    @property
    def broken(self):
        """The name of the step that broke, and what was said of it."""
        [step] = [step for step in self.told["steps"] if step["problem"]]
        return step["name"], step["problem"]


class Doctor:
    """`env` is what differs for it from what all the others have."""

    def __init__(self, stack):
        self.stack = stack
        self.ports = [str(worker.port) for worker in stack.workers]

    def command(self, *words):
        return [PYTHON, "manage.py", "doctor", *words]

    def asks(self, *words, **env):
        done = finished(*self.command("--json", *words), env=self.stack.env | env)
        return Found(done.returncode, done.stdout or done.stderr)

    def at(self, *sockets, timeout=TIMEOUT, **env):
        """Asks at these: a number is that of one of the stack's workers."""
        places = [self.ports[it] if isinstance(it, int) else it for it in sockets]
        words = [word for place in places for word in ("--socket", place)]
        return self.asks(*words, "--timeout", str(timeout), **env)

    def process(self, *words):
        """One that is at it still."""
        return Process(self.command(*words), env=self.stack.env)


@pytest.fixture
def doctor(stack):
    return Doctor(stack)


@pytest.fixture
def traces(stack):
    """How many rows there are in each table, and what Redis holds of messages and people."""

    def count():
        with closing(psycopg2.connect(stack.database)) as link, link.cursor() as cursor:
            found = {table: _rows(cursor, table) for table in TABLES}
        with stack.redis.client() as client:
            found["waiting"] = stack.waiting()
            found["noted"] = sum(client.hlen(key) for key in client.scan_iter("pm:*:ids"))
            found["set aside"] = stack.set_aside()
            found["seen"] = client.zcard("pm:seen")
        return found

    return count


def _rows(cursor, table):
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
    return cursor.fetchone()[0]


@pytest.fixture
def unchanged(traces):
    """Whatever happened, nothing of it stays."""
    before = traces()
    yield
    assert traces() == before
