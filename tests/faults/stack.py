"""The whole messenger in processes of its own: PostgreSQL, Redis, gunicorn, and two workers."""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from privatemessages import protocol
from privatemessages.broker import addresses, commands
from privatemessages.broker.entries import identity_of
from privatemessages.protocol import MessageFrame, Sender
from tests.client import Site
from tests.services import (
    PYTHON,
    Assembly,
    PostgresServer,
    Process,
    RedisCluster,
    RedisSentinel,
    RedisServer,
    free_port,
    run,
)

WORKERS = 2
AnyRedis = RedisServer | RedisSentinel | RedisCluster

METRICS_TIMEOUT = 5  # s


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """For tests on such a stack. It brings its PostgreSQL: once is enough, whatever they run on."""
    return True if config.getoption("--database") == "sqlite" else None


@dataclass(frozen=True)
class Company:
    """People and their threads, of one test alone."""

    sessions: dict[str, str]  # by the person's id
    threads: dict[int, list[str]]  # the ids of its two people

    @classmethod
    def of(cls, cast: dict[str, Any]) -> Self:
        """As `casting` printed it."""
        return cls(
            {person["id"]: person["session"] for person in cast["people"]},
            {thread["id"]: thread["people"] for thread in cast["threads"]},
        )


class Stack(Assembly):
    """`redis` makes whatever keeps the outbox."""

    address = "127.0.0.1"  # of Django, for workers and people

    def __init__(
        self, companies: int, size: int, redis: Callable[[], AnyRedis] = RedisServer
    ) -> None:
        super().__init__()
        self._companies, self._size, self._make_redis = companies, size, redis
        self._casts: list[dict[str, Any]] = []

    def _start(self) -> None:
        self.postgres = self.enter_context(PostgresServer())
        self.redis = self.enter_context(self._make_redis())
        self.database = self.postgres.create_database("faults")
        django = free_port()
        self.env = self._environment(django)
        self.manage("migrate", "--verbosity", "0")
        self._casts = casts(self._companies, self._size, self.env) if self._companies else []
        self.django = self._serve(_gunicorn(self.address, django), django)
        self.workers = self._start_workers()
        self.site = Site(self._sockets(), f"http://{self.address}:{django}/messages/api/")

    def _start_workers(self) -> list[Process]:
        ports = [free_port() for _ in range(WORKERS)]
        return [self._serve(_worker(port), port) for port in ports]

    def _sockets(self) -> list[str]:
        return [f"ws://127.0.0.1:{worker.port}/ws/" for worker in self.workers]

    def company(self) -> Company:
        """One that nobody has used yet."""
        return Company.of(self._casts.pop())

    def manage(self, *words: str) -> str:
        """What `manage.py` printed; it has to succeed."""
        return run("manage.py", *words, env=self.env)

    def heal(self) -> None:
        """Whatever a test left stopped or frozen runs again."""
        for part in (self.postgres, self.redis, self.django, *self.workers):
            part.heal()

    def metric(self, name: str) -> float:
        """Over all workers that live, since they were started."""
        return sum(_read_metric(worker, name) for worker in self.workers if worker.alive)

    def waiting(self) -> int:
        """How many messages are spoken and not stored."""
        return self._entries("outbox")

    def set_aside(self) -> int:
        """How many messages were given up."""
        return self._entries("dead")

    def _entries(self, kind: str) -> int:
        with self.redis.client() as client:
            return sum(client.xlen(key) for key in client.scan_iter(f"pm:*:{kind}", count=1000))

    def accept(self, thread: int, sender: str, text: str) -> str:
        """As a worker does it, but whoever the sender is; the message's id."""
        message = MessageFrame(
            thread=thread,
            sender=Sender(id=sender, name=""),
            id=str(uuid4()),
            text=text,
            sent_at=int(time.time() * 1000),
        )
        partitions = self.partitions()
        with self.redis.client() as client:
            epoch = client.execute_command(*commands.join_epoch(thread % partitions, "", "first"))
            identity, frame = identity_of(message), protocol.encode(message)
            accept = commands.accept(partitions, thread, identity, frame, epoch, self._telling())
            assert client.execute_command(*accept) == 1
        return message.id

    def _telling(self) -> commands.Telling:
        return commands.telling(addresses.parse(self.redis.url))

    def partitions(self) -> int:
        """Of the outbox, as it is noted in Redis."""
        with self.redis.client() as client:
            return int(client.get("pm:partitions") or 0)

    def output(self) -> str:
        """The last words of everybody, for a failure."""
        parts = {"gunicorn": self.django, "worker 0": self.workers[0], "worker 1": self.workers[1]}
        return "\n".join(f"--- {name}\n{part.output()[-2000:]}" for name, part in parts.items())

    def _serve(self, command: list[str], port: int) -> Process:
        return self.enter_context(Process(command, port=port, env=self.env))

    def _environment(self, django: int) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": "a secret of the tests",
            "API_KEY": "the workers' key",
            "ALLOWED_HOSTS": self.address,
            "DEBUG": "False",
            "HTTPS": "False",
            "SEND_MESSAGE_API_URL": f"http://{self.address}:{django}/messages/send_message_api/",
        }


def casts(companies: int, size: int, env: Mapping[str, str]) -> list[dict[str, Any]]:
    """Made in the database of `env`, each for a `Company`."""
    printed = run("-m", "tests.faults.casting", str(companies), str(size), env=env)
    made: list[dict[str, Any]] = json.loads(printed)
    return made


def _gunicorn(address: str, port: int) -> list[str]:
    bind = [word for host in {"127.0.0.1", address} for word in ("--bind", f"{host}:{port}")]
    options = ["--workers", "2", *bind, "--graceful-timeout", "2"]
    return [PYTHON, "-m", "gunicorn", *options, "myproject.wsgi"]


def _worker(port: int) -> list[str]:
    return [PYTHON, "manage.py", "starttornadoapp", str(port)]


def _read_metric(worker: Process, name: str) -> float:
    url = f"http://{worker.host}:{worker.port}/metrics"
    with urllib.request.urlopen(url, timeout=METRICS_TIMEOUT) as answer:
        return metric_in(answer.read().decode(), name)


def metric_in(page: str, name: str) -> float:
    families = text_string_to_metric_families(page)
    samples = [sample for family in families for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == f"privatemessages_{name}")
