"""One messenger in real processes for all of these tests; each breaks something else in it."""

import json
import os
import subprocess
from contextlib import closing
from dataclasses import dataclass

import psycopg2
import pytest

from tests.faults.stack import Stack, _worker
from tests.services import PYTHON, ROOT, Process, RedisServer, free_port

PATIENCE = 60  # s
TABLES = (
    "auth_user",
    "django_session",
    "privatemessages_thread",
    "privatemessages_member",
    "privatemessages_message",
    "privatemessages_preferences",
    "privatemessages_record",
)


def pytest_ignore_collect(config):
    """They bring a PostgreSQL of their own: once is enough, whatever is behind Django here."""
    return True if config.getoption("--database") == "sqlite" else None


class Site(Stack):
    def _environment(self, django):
        return super()._environment(django) | {"DJANGO_SETTINGS_MODULE": "tests.doctor.settings"}


@pytest.fixture(scope="session")
def running_stack():
    with Site(0, 0) as stack:
        yield stack


@pytest.fixture
def stack(running_stack):
    running_stack.heal()
    yield running_stack
    running_stack.heal()


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
        done = subprocess.run(
            self.command("--json", *words),
            env=os.environ | self.stack.env | env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Found(done.returncode, done.stdout or done.stderr)

    def at(self, *workers, **env):
        """Asks these of the stack's workers."""
        return self.asks(*self.sockets(*(self.ports[number] for number in workers)), **env)

    def sockets(self, *ports):
        return [word for port in ports for word in ("--socket", port)]

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


@pytest.fixture
def worker_with(stack):
    """One more worker, with an environment of its own; its port."""
    processes = []

    def start(**env):
        port = free_port()
        process = Process(_worker(port), port=port, env=stack.env | env)
        processes.append(process)
        process.start()
        return str(port)

    yield start
    for process in processes:
        process.stop()


@pytest.fixture(scope="session")
def other_redis():
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def stray(running_stack, other_redis):
    """The port of a worker with another Redis than all the others."""
    port, env = free_port(), running_stack.env | {"REDIS_URL": other_redis.url}
    with Process(_worker(port), port=port, env=env):
        yield str(port)
