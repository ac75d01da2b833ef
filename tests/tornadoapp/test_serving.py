"""The life of a worker: how it begins, how it goes, and the command that starts it."""

import signal
import socket as sockets
import time
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from privatemessages.broker import keys
from tests.services import PYTHON, Process, RedisServer, eventually, free_port
from tests.tornadoapp.client import Closed, Socket
from tests.tornadoapp.conftest import PARTITIONS, all_stored, sign_in
from tests.tornadoapp.running import RunningWorker

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_part_that_breaks_ends_the_worker_loudly(configure):
    """Half a worker is worse than none: whoever started it starts it again."""

    async def broken():
        raise ArithmeticError("a fault of ours")

    worker = RunningWorker(configure(LEASE_SECONDS=0.3)).start()
    worker.worker.saver.leases._renew = broken
    assert eventually(lambda: not worker.alive)
    worker.stop()
    with pytest.raises(ExceptionGroup) as caught:
        worker.end()
    assert caught.group_contains(ArithmeticError)


# The command, in a process of its own


@contextmanager
def a_process(env, port, *arguments):
    command = [PYTHON, "manage.py", "starttornadoapp", str(port), *arguments]
    with Process(command, port=port, env=env) as process:
        yield process


@pytest.fixture
def env(redis_server, live_server, settings):
    """The environment of a worker on the database of the tests."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
    return {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_server.url,
        "SEND_MESSAGE_API_URL": f"{live_server.url}/messages/send_message_api/",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "LOG_LEVEL": "INFO",
    }


def database_url():
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    address = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return f"postgresql://{database['USER']}@{address}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_well_when_it_is_told_to(env, alice, thread, number):
    port = free_port()
    with a_process(env, port) as process:
        assert f"ws://127.0.0.1:{port}/ws/" in process.output()
        with Socket(port, cookie=sign_in(alice)) as socket:
            socket.hello()
            socket.until("accepted", id=socket.say(thread.id))
            assert all_stored(thread, 1)
            socket.close()
            assert socket.closed()
        began = time.monotonic()
        process.signal(number)
        assert process.wait(20) == 0
        assert time.monotonic() - began < 5
        assert "Traceback" not in process.output()


def test_it_ends_when_it_is_told_to_while_it_waits_for_redis(env):
    nowhere = free_port()
    with Process(
        [PYTHON, "manage.py", "starttornadoapp", str(free_port())],
        env=env | {"REDIS_URL": f"redis://:hush@127.0.0.1:{nowhere}/0"},
    ) as process:
        assert eventually(lambda: "Waiting for Redis" in process.output(), 20)
        time.sleep(2.5)
        assert process.output().count("Waiting for Redis") == 1, "told seldom"
        assert f"Waiting for Redis at 127.0.0.1:{nowhere} (Redis: Conn" in process.output()
        assert "hush" not in process.output()
        process.signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert "Traceback" not in process.output()


def test_it_waits_for_redis_and_begins_when_it_is_there(env):
    server = RedisServer()
    port = free_port()
    process = Process(
        [PYTHON, "manage.py", "starttornadoapp", str(port)],
        port=port,
        env=env | {"REDIS_URL": server.url},
    )
    process.ready = lambda: "Waiting for Redis" in process.output()
    with process, server:
        assert eventually(lambda: "Listening on" in process.output(), 20)


def test_another_number_of_partitions_is_refused_while_an_outbox_holds_anything(env, redis_server):
    with redis_server.client() as store:
        store.set(keys.PARTITIONS, 5)
        store.xadd(keys.outbox(2), {"thread": 2, "frame": "{}"})
    process = Process([PYTHON, "manage.py", "starttornadoapp", str(free_port())], env=env)
    with process:
        assert process.wait(20) == 1
        assert "5 partitions, not 16" in process.output()
        assert "Traceback" not in process.output()


def test_a_port_that_is_taken_is_a_clear_error(env):
    with sockets.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        nowhere = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
        command = [PYTHON, "manage.py", "starttornadoapp", str(port)]
        with Process(command, env=env | nowhere) as process:
            assert process.wait(20) == 1
            assert "in use" in process.output()
            assert "Waiting for Redis" not in process.output()
            assert "Traceback" not in process.output()


def test_its_help_says_what_port_and_address_are_for(capsys):
    with pytest.raises(SystemExit):
        call_command("starttornadoapp", "--help")
    text = " ".join(capsys.readouterr().out.split())
    assert "The TCP port to listen on, 8888 unless given" in text
    assert "The address to listen on, 127.0.0.1 unless given" in text


@pytest.mark.parametrize(
    "port", ["", "x", "-1", "0", "65536", "99999999", "80.5", "8888 ", " 8888", "٨٨٨٨", "²", "0x50"]
)
def test_nonsense_is_no_port(port):
    with pytest.raises(CommandError, match=r"^Invalid port number$"):
        call_command("starttornadoapp", port)


def test_a_worker_of_the_same_number_of_partitions_starts_beside_another(start, redis_server):
    first, second = start(), start(leased=False)
    assert first.alive
    assert second.alive
    with redis_server.client() as store:
        assert store.get(keys.PARTITIONS) == str(PARTITIONS)


def test_a_worker_starts_in_a_full_redis(start, enter, alice, thread, redis_server):
    worker = start()
    with redis_server.client() as store:
        store.config_set("maxmemory", 1)
        try:
            assert start(leased=False).alive
        finally:
            store.config_set("maxmemory", 0)
    assert not [frame for frame in enter(worker, alice).waiting() if isinstance(frame, Closed)]
