"""The servers that tests stand on do what they say."""

import signal
import sys

import psycopg2
import pytest
import redis

from tests.services import (
    NotStarted,
    PostgresServer,
    Process,
    RedisServer,
    eventually,
    free_port,
    port_answers,
)

SERVE = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1"]


@pytest.fixture
def web():
    port = free_port()
    with Process([*SERVE, str(port)], port=port) as process:
        yield process


class TestProcess:
    def test_it_is_up_when_it_was_started(self, web):
        assert port_answers(web.port)
        assert "Serving HTTP" in web.output()

    def test_it_is_gone_when_it_was_stopped_and_comes_back(self, web):
        web.stop()
        assert not web.alive
        assert not port_answers(web.port)
        web.start()
        assert port_answers(web.port)
        assert web.output().count("Serving HTTP") == 2

    def test_killing_takes_its_children_with_it(self):
        with Process(["sh", "-c", "sleep 60 & sleep 60"]) as process:
            assert eventually(lambda: len(process.family()) >= 2)
            process.kill()
            assert process.returncode == -signal.SIGKILL

    def test_a_paused_one_is_stopped_all_the_same(self, web):
        web.pause()
        web.stop(timeout=5)
        assert web.returncode == -signal.SIGTERM

    def test_one_that_ends_at_once_says_why(self):
        with pytest.raises(NotStarted, match="no such option"):
            Process(["sh", "-c", "echo no such option; exit 2"], port=free_port()).start()

    def test_one_that_is_late_is_ended(self):
        late = Process(["sleep", "60"], port=free_port())
        with pytest.raises(NotStarted, match="not up after"):
            late.start(timeout=0.2)
        assert not late.alive


def test_redis_keeps_its_data_when_it_is_killed():
    with RedisServer("--appendfsync", "always") as server:
        server.client().set("a", "b")
        server.kill()
        with pytest.raises(redis.ConnectionError):
            server.client().get("a")
        server.start()
        assert server.client().get("a") == "b"
        server.wipe()
        assert server.client().get("a") is None


def test_postgres_keeps_its_data_when_it_is_killed_and_stands_still_when_paused():
    with PostgresServer() as server:
        url = server.create_database("chat")
        execute(url, "CREATE TABLE said (what text)")
        execute(url, "INSERT INTO said VALUES ('hello')")
        server.kill()
        server.start()
        assert execute(url, "TABLE said") == [("hello",)]
        server.pause()
        with pytest.raises(psycopg2.OperationalError, match="timeout"):
            psycopg2.connect(url, connect_timeout=2)
        server.resume()
        assert execute(url, "TABLE said") == [("hello",)]


def execute(url: str, statement: str) -> list[tuple]:
    connection = psycopg2.connect(url, connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
