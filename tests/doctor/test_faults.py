"""What is wrong is named, each time by the step that breaks and by what one can do about it."""

import pytest

from tests.services import RedisServer, free_port

pytestmark = pytest.mark.usefixtures("unchanged")


def broken(found):
    assert found.status == 1, found.text
    assert found.steps[-1] in ("cleaned up", "saving", "Redis", "database", "settings")
    return found.broken


class TestGround:
    """Before anything is said."""

    def test_a_wrong_setting(self, doctor):
        step, problem = broken(doctor.at(0, PERSON_NAME="no.such.name"))
        assert step == "settings"
        assert "PERSON_NAME names no callable" in problem

    def test_a_database_that_is_away(self, doctor):
        url = f"postgresql://postgres@127.0.0.1:{free_port()}/faults"
        step, problem = broken(doctor.at(0, DATABASE_URL=url))
        assert step == "database"
        assert "The database does not answer" in problem

    def test_a_database_that_was_not_migrated(self, doctor, stack):
        try:
            url = stack.postgres.create_database("unmigrated")
            step, problem = broken(doctor.at(0, DATABASE_URL=url))
        finally:
            with stack.postgres.cursor() as cursor:
                cursor.execute("DROP DATABASE unmigrated")
        assert step == "database"
        assert problem.endswith("Run `manage.py migrate`.")

    def test_a_redis_that_is_away(self, doctor):
        step, problem = broken(doctor.at(0, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"))
        assert step == "Redis"
        assert "Redis does not answer" in problem

    def test_a_redis_that_knows_another_password(self, doctor, stack):
        url = stack.redis.url.replace("redis://", "redis://:another@")
        step, problem = broken(doctor.at(0, REDIS_URL=url))
        assert step == "Redis"
        assert "Redis refuses the password" in problem

    def test_a_redis_that_is_read_only(self, doctor, stack):
        with stack.redis.client() as client:
            client.replicaof("127.0.0.1", free_port())
            try:
                step, problem = broken(doctor.at(0))
            finally:
                client.replicaof("NO", "ONE")
        assert step == "Redis"
        assert "Redis is read-only" in problem

    def test_a_redis_that_is_full(self, doctor, stack):
        with stack.redis.client() as client:
            client.config_set("maxmemory", 1)
            try:
                step, problem = broken(doctor.at(0))
            finally:
                client.config_set("maxmemory", 0)
        assert step == "Redis"
        assert "Redis is full" in problem

    def test_another_number_of_partitions(self, doctor):
        step, problem = broken(doctor.at(0, PARTITIONS="8"))
        assert step == "Redis"
        assert "The workers use 16 partitions, and this command 8" in problem

    @pytest.mark.parametrize(
        ("env", "meaning"),
        [
            ({"API_KEY": "another key, and a long one"}, "Django knows another API_KEY"),
            ({"SAVE_HOST": "elsewhere.example"}, "set SAVE_HOST to one of its ALLOWED_HOSTS"),
            ({"SEND_MESSAGE_API_URL": "{django}/nowhere/"}, "There is no save endpoint"),
            ({"SEND_MESSAGE_API_URL": "http://127.0.0.1:{free}/"}, "Nobody of ours is at"),
        ],
    )
    def test_a_save_endpoint_that_does_not_answer(self, doctor, stack, env, meaning):
        where = {"django": f"http://127.0.0.1:{stack.django.port}", "free": free_port()}
        env = {name: value.format(**where) for name, value in env.items()}
        step, problem = broken(doctor.at(0, **env))
        assert step == "saving"
        assert problem.startswith("No message can be stored.")
        assert meaning in problem


class TestHandshake:
    def test_no_worker(self, doctor):
        step, problem = broken(doctor.asks("--socket", str(free_port())))
        assert step == "handshake"
        assert "Nobody takes sockets at" in problem

    def test_a_worker_that_hangs(self, doctor, stack):
        stack.workers[0].pause()
        step, problem = broken(doctor.asks("--socket", doctor.ports[0], "--timeout", "1"))
        assert step == "handshake"
        assert "Timeout" in problem

    def test_something_that_is_no_worker(self, doctor, stack):
        step, problem = broken(doctor.asks("--socket", str(stack.django.port)))
        assert step == "handshake"
        assert "takes no sockets (status 404)" in problem

    def test_a_foreign_origin(self, doctor):
        words = ["--socket", doctor.ports[0], "--origin", "https://evil.example"]
        step, problem = broken(doctor.asks(*words))
        assert step == "handshake"
        assert "The origin https://evil.example is refused" in problem

    def test_another_secret_key(self, doctor):
        step, problem = broken(doctor.at(0, SECRET_KEY="another secret of the tests"))
        assert step == "hello"
        assert "Closed with 4501" in problem
        assert "another SECRET_KEY" in problem


class TestSaving:
    """Only a worker with other settings than the doctor's shows these."""

    def test_a_worker_with_another_api_key(self, doctor, stack, worker_with):
        for worker in stack.workers:
            worker.stop()
        port = worker_with(API_KEY="another key, and a long one")

        step, problem = broken(doctor.asks("--socket", port, "--timeout", "2"))

        assert step == "stored"
        assert "It waits in the outbox (1 waiting): the worker that saves it cannot" in problem
        assert "API_KEY" in problem

    def test_a_worker_with_another_api_key_while_others_save(self, doctor, worker_with):
        port = worker_with(API_KEY="another key, and a long one")

        sockets = doctor.sockets(doctor.ports[0], port)
        step, problem = broken(doctor.asks(*sockets, "--timeout", "2"))

        assert step == "read mark"
        assert f"the worker at ws://127.0.0.1:{port}/ws/ cannot save" in problem
        assert "API_KEY" in problem

    def test_a_worker_with_another_redis(self, doctor, stray):
        step, problem = broken(doctor.asks("--socket", stray, "--timeout", "1"))

        assert step == "stored"
        assert "It is in the database, and the socket" in problem
        assert problem.endswith("Give both the same REDIS_URL.")

    def test_two_workers_of_which_one_has_another_redis(self, doctor, stray):
        words = doctor.sockets(doctor.ports[0], stray)
        step, problem = broken(doctor.asks(*words, "--timeout", "1"))

        assert step == "relayed"
        assert f"did not come to the socket at ws://127.0.0.1:{stray}/ws/" in problem
        assert "REDIS_URL" in problem

    def test_a_worker_with_another_redis_that_cannot_save_either(self, doctor, worker_with):
        with RedisServer() as redis:
            port = worker_with(REDIS_URL=redis.url, API_KEY="another key, and a long one")
            step, problem = broken(doctor.asks("--socket", port, "--timeout", "1"))

        assert step == "stored"
        assert "neither in the outbox of this REDIS_URL nor in the database" in problem
