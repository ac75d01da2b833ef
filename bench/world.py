"""Everything real around what is measured: PostgreSQL, Redis, Django, people and their threads."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.services import PYTHON, PostgresServer, Process, RedisServer, free_port

PAIRS = 100


@dataclass(frozen=True)
class Member:
    """One person in the one thread that they have."""

    thread: int
    cookie: str
    user: str


@dataclass(frozen=True)
class World:
    members: list[Member]  # the two of a pair stand side by side
    env: dict[str, str]
    django: Process
    postgres: PostgresServer
    redis: RedisServer


@contextmanager
def world(pairs: int = PAIRS) -> Iterator[World]:
    with PostgresServer() as postgres, RedisServer() as redis:
        port = free_port()
        env = _environment(postgres.create_database("bench"), redis.url, port)
        members = _people(env, pairs)
        command = [PYTHON, "-m", "gunicorn", "myproject.wsgi", "--threads", "4"]
        command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
        with Process(command, port=port, env=env) as django:
            yield World(members, env, django, postgres, redis)


def worker(world: World) -> Process:
    return _server(world, "-m", "django", "starttornadoapp")


def naive(world: World) -> Process:
    return _server(world, "-m", "bench.naive")


def _server(world: World, *command: str) -> Process:
    port = free_port()
    return Process([PYTHON, *command, str(port)], port=port, env=world.env)


def _environment(database: str, redis: str, port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": "a secret of the bench",
        "API_KEY": "a key of the bench",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "False",
        "LOG_LEVEL": "WARNING",
        "SEND_MESSAGE_API_URL": f"http://127.0.0.1:{port}/messages/send_message_api/",
    }


def _people(env: dict[str, str], pairs: int) -> list[Member]:
    made = subprocess.check_output(
        [PYTHON, "-m", "bench.people", str(pairs)], env={**os.environ, **env}
    )
    return [Member(*fields) for fields in json.loads(made)]
