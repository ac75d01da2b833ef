"""What is wrong is named, each time by the step that breaks and by what one can do about it."""

import pytest

from tests.services import RedisServer, free_port

ANOTHER_KEY = {"API_KEY": "another key, and a long one"}

pytestmark = pytest.mark.usefixtures("unchanged")


def broken(found, step, *said):
    """It broke there, with these words in what was said of it; all of that."""
    assert found.status == 1, found.text
    assert found.steps[-1] in ("cleaned up", "saving", "Redis", "database", "settings")
    name, problem = found.broken
    assert name == step
    assert [words for words in said if words not in problem] == [], problem
    return problem


class TestGround:
    """Before anything is said."""

    def test_a_wrong_setting(self, doctor):
        found = doctor.at(0, PERSON_NAME="no.such.name")
        broken(found, "settings", "PERSON_NAME names no callable")

    def test_a_database_that_is_away(self, doctor):
        url = f"postgresql://postgres@127.0.0.1:{free_port()}/faults"
        broken(doctor.at(0, DATABASE_URL=url), "database", "The database does not answer")

    def test_a_database_that_was_not_migrated(self, doctor, stack):
        try:
            url = stack.postgres.create_database("unmigrated")
            problem = broken(doctor.at(0, DATABASE_URL=url), "database")
        finally:
            with stack.postgres.cursor() as cursor:
                cursor.execute("DROP DATABASE unmigrated")
        assert problem.endswith("Run `manage.py migrate`.")

    def test_a_redis_that_is_away(self, doctor):
        url = f"redis://127.0.0.1:{free_port()}/0"
        broken(doctor.at(0, REDIS_URL=url), "Redis", "Redis does not answer")

    def test_a_redis_that_knows_another_password(self, doctor, stack):
        url = stack.redis.url.replace("redis://", "redis://:another@")
        broken(doctor.at(0, REDIS_URL=url), "Redis", "Redis refuses the password")

    def test_a_redis_that_is_read_only(self, doctor, stack):
        with stack.redis.client() as client:
            client.replicaof("127.0.0.1", free_port())
            try:
                broken(doctor.at(0), "Redis", "Redis is read-only")
            finally:
                client.replicaof("NO", "ONE")

    def test_a_redis_that_is_full(self, doctor, stack):
        with stack.redis.client() as client:
            client.config_set("maxmemory", 1)
            try:
                broken(doctor.at(0), "Redis", "Redis is full")
            finally:
                client.config_set("maxmemory", 0)

    def test_another_number_of_partitions(self, doctor):
        said = "The workers use 16 partitions, and this command 8"
        broken(doctor.at(0, PARTITIONS="8"), "Redis", said)

    @pytest.mark.parametrize(
        ("env", "meaning"),
        [
            (ANOTHER_KEY, "Django knows another API_KEY"),
            ({"SAVE_HOST": "elsewhere.example"}, "set SAVE_HOST to one of its ALLOWED_HOSTS"),
            ({"SEND_MESSAGE_API_URL": "{django}/nowhere/"}, "There is no save endpoint"),
            ({"SEND_MESSAGE_API_URL": "http://127.0.0.1:{free}/"}, "Nobody of ours is at"),
        ],
    )
    def test_a_save_endpoint_that_does_not_answer(self, doctor, stack, env, meaning):
        where = {"django": f"http://127.0.0.1:{stack.django.port}", "free": free_port()}
        env = {name: value.format(**where) for name, value in env.items()}
        problem = broken(doctor.at(0, **env), "saving", meaning)
        assert problem.startswith("No message can be stored.")


class TestHandshake:
    def test_no_worker(self, doctor):
        broken(doctor.at(str(free_port())), "handshake", "Nobody takes sockets at")

    def test_a_worker_that_hangs(self, doctor, stack):
        stack.workers[0].pause()
        broken(doctor.at(0, timeout=1), "handshake", "Timeout")

    def test_something_that_is_no_worker(self, doctor, stack):
        found = doctor.at(str(stack.django.port))
        broken(found, "handshake", "takes no sockets (status 404)")

    def test_a_foreign_origin(self, doctor):
        origin = "https://evil.example"
        found = doctor.asks("--socket", doctor.ports[0], "--origin", origin)
        broken(found, "handshake", f"The origin {origin} is refused")

    def test_another_secret_key(self, doctor):
        found = doctor.at(0, SECRET_KEY="another secret of the tests")
        broken(found, "hello", "Closed with 4501", "another SECRET_KEY")


@pytest.fixture(scope="module")
def stray(running_stack):
    """A worker with another Redis than all the others."""
    with RedisServer() as redis, running_stack.worker(REDIS_URL=redis.url) as port:
        yield port


@pytest.fixture
def own_redis():
    with RedisServer() as redis:
        yield redis


@pytest.fixture
def unable(stack, own_redis):
    """The only worker of a Redis of its own; it cannot save."""
    with stack.worker(REDIS_URL=own_redis.url, **ANOTHER_KEY) as port:
        yield port


class TestSaving:
    """Only a worker with other settings than the doctor's shows these."""

    def test_a_worker_with_another_api_key(self, doctor, own_redis, unable):
        found = doctor.at(unable, timeout=2, REDIS_URL=own_redis.url)

        waiting = "It waits in the outbox (1 waiting): the worker that saves it cannot"
        broken(found, "stored", waiting, "API_KEY")
        with own_redis.client() as client:
            left = sum(client.xlen(outbox) for outbox in client.scan_iter("pm:*:outbox"))
            assert (left, client.keys("pm:*:outbox:ids")) == (0, [])

    def test_a_worker_with_another_api_key_while_others_save(self, doctor, stack):
        with stack.worker(**ANOTHER_KEY) as port:
            found = doctor.at(0, port, timeout=2)

        cannot = f"the worker at ws://127.0.0.1:{port}/ws/ cannot save"
        broken(found, "read mark", cannot, "API_KEY")

    def test_a_worker_with_another_redis(self, doctor, stray):
        found = doctor.at(stray, timeout=1)

        problem = broken(found, "stored", "It is in the database, and the socket")
        assert problem.endswith("Give both the same REDIS_URL.")

    def test_two_workers_of_which_one_has_another_redis(self, doctor, stray):
        found = doctor.at(0, stray, timeout=1)

        unheard = f"did not come to the socket at ws://127.0.0.1:{stray}/ws/"
        broken(found, "relayed", unheard, "REDIS_URL")

    def test_a_worker_with_another_redis_that_cannot_save_either(self, doctor, unable):
        found = doctor.at(unable, timeout=1)

        broken(found, "stored", "neither in the outbox of this REDIS_URL nor in the database")
