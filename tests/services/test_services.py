"""The servers that tests stand on do what they say."""

import signal
import sys
from contextlib import closing

import psycopg2
import pytest
import redis

from tests.services import (
    NotStarted,
    PostgresServer,
    Process,
    RedisCluster,
    RedisSentinel,
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


@pytest.fixture(scope="module")
def whole_cluster():
    with RedisCluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(whole_cluster):
    whole_cluster.heal()
    return whole_cluster


class TestRedisCluster:
    def test_a_replica_takes_over_what_its_master_held(self, cluster):
        client = cluster.client()
        set_on_replica_too(cluster.master_of("a"))
        holder = cluster.master_of("a")
        number = cluster.masters().index(holder)
        assert cluster.fail_over(number) is holder
        assert not holder.alive
        assert cluster.master_of("a") is cluster.masters()[number] is not holder
        assert client.get("a") == "b"
        cluster.heal()
        assert cluster.replica_of(cluster.masters()[number]) is holder

    def test_a_master_hands_over_and_lives_on(self, cluster):
        former = cluster.hand_over(0)
        cluster.heal()
        assert former.alive
        assert cluster.replica_of(cluster.masters()[0]) is former

    def test_slots_without_a_master_are_told_and_the_others_go_on(self, cluster):
        client = cluster.client()
        client.set("a", "b")
        number = (cluster.masters().index(cluster.master_of("a")) + 1) % 3
        fallen = cluster.masters()[number]
        cluster.replica_of(fallen).kill()
        fallen.kill()
        with pytest.raises(LookupError):
            cluster.masters()
        assert client.get("a") == "b"


class TestRedisSentinel:
    def test_the_replica_takes_over_what_the_master_held_and_gives_it_back(self):
        with RedisSentinel() as pair:
            first, second = pair.servers
            assert pair.master() is first
            set_on_replica_too(first)
            assert pair.fail_over() is first
            with pytest.raises(LookupError):
                pair.replica()
            assert pair.master() is second
            assert pair.client().get("a") == "b"
            pair.heal()
            # On a busy machine the sentinels may have taken the new master for fallen too.
            assert {pair.master(), pair.replica()} == {first, second}
            assert pair.fail_over() in (first, second)
            assert pair.client().get("a") == "b"


def set_on_replica_too(server):
    with closing(server.client()) as client:
        client.set("a", "b")
        assert client.wait(1, 5_000) == 1, "a failover may lose it"


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
