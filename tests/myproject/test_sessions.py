"""The session engine, on a Redis that is really killed, frozen, wiped and filled."""

import threading
import time
from contextlib import closing

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from myproject.sessions import SessionStore
from myproject.sessions.connections import Away
from myproject.sessions.copies import COPY_SECONDS, Copies, copies
from privatemessages.broker.rests import REST
from tests.myproject.sessions import (
    after_rest,
    copies_in,
    copies_of,
    doubt_of,
    is_doubted,
    read,
    sign_in_and_read,
)
from tests.services import RedisServer, eventually

pytestmark = pytest.mark.django_db(transaction=True)

PROMPT = 0.5  # seconds: what a page may lose to a Redis that is away


@pytest.fixture
def redis(settings):
    with RedisServer("--appendfsync", "always") as server, copies_in(server, settings):
        yield server


@pytest.fixture
def signed_in(redis) -> str:
    """The key of a session that was stored, and read once."""
    return sign_in_and_read("alice")


def test_reading_costs_no_query(signed_in, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read(signed_in) == "alice"


def test_the_first_reading_after_a_wipe_costs_one_query_and_the_next_none(
    signed_in, redis, django_assert_num_queries
):
    redis.wipe()
    with django_assert_num_queries(1):
        assert read(signed_in) == "alice"
    with django_assert_num_queries(0):
        assert read(signed_in) == "alice"


def test_what_was_stored_is_what_is_read_next(signed_in):
    session = SessionStore(signed_in)
    session["person"] = "bob"
    session.save()
    assert read(signed_in) == "bob"


def test_copies_live_no_longer_than_they_may(signed_in, redis):
    with closing(redis.client()) as client:
        [copy] = client.keys(copies_of(signed_in))
        assert 0 < client.ttl(copy) <= COPY_SECONDS


def test_a_copy_lives_no_longer_than_its_session(redis):
    session = SessionStore()
    session["person"] = "alice"
    session.set_expiry(20)
    session.save()
    with closing(redis.client()) as client:
        [copy] = client.keys(copies_of(session.session_key))
        assert 0 < client.ttl(copy) <= 20


def test_a_session_that_was_rolled_back_leaves_no_copy(redis):
    session = SessionStore()
    with transaction.atomic():
        session["person"] = "alice"
        session.save()
        transaction.set_rollback(True)
    assert read(session.session_key) is None


@pytest.mark.parametrize("key", ["", "x" * 31, "x" * 33, "\x00" * 32, "é" * 32, "' or 1=1 -- " * 3])
def test_a_cookie_that_is_no_key_is_nobodys(key, redis, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read(key) is None


def test_a_key_that_was_never_given_out_is_nobodys(redis):
    session = SessionStore("a" * 32)
    assert session.get("person") is None
    assert session.session_key is None


def test_the_asynchronous_methods_keep_copies_too(redis, django_assert_num_queries):
    async def live() -> str:
        session = SessionStore()
        await session.aset("person", "alice")
        await session.asave()
        return session.session_key

    key = async_to_sync(live)()
    with django_assert_num_queries(0):
        assert read(key) == "alice"
    async_to_sync(SessionStore(key).adelete)()
    assert read(key) is None
    assert is_doubted(redis, key)


class TestEnding:
    def test_an_ended_session_is_gone(self, signed_in, redis):
        SessionStore(signed_in).flush()
        assert read(signed_in) is None
        assert is_doubted(redis, signed_in)

    def test_a_slow_reader_does_not_bring_it_back(self, signed_in, redis):
        """It reads the row, the session ends, and only then it writes its copy."""
        redis.wipe()
        slow = SessionStore(signed_in)
        copy = copies().read(signed_in)
        row = slow._get_session_from_db()
        SessionStore(signed_in).flush()
        copies().fill(signed_in, row.session_data, 300, copy.run)
        assert read(signed_in) is None

    def test_a_slow_writer_does_not_bring_it_back(self, signed_in):
        data = Session.objects.get(session_key=signed_in).session_data
        SessionStore(signed_in).flush()
        copies().replace(signed_in, data, 300)
        assert read(signed_in) is None

    def test_a_slow_reader_does_not_undo_what_was_stored(self, signed_in, redis):
        redis.wipe()
        copy = copies().read(signed_in)
        before = Session.objects.get(session_key=signed_in).session_data
        session = SessionStore(signed_in)
        session["person"] = "bob"
        session.save()
        copies().fill(signed_in, before, 300, copy.run)
        assert read(signed_in) == "bob"

    def test_a_doubt_outlives_every_copy(self, signed_in, redis):
        SessionStore(signed_in).flush()
        with closing(redis.client()) as client:
            left = client.ttl(doubt_of(signed_in))
        assert left > COPY_SECONDS

    def test_a_full_redis_forgets_it_all_the_same(self, signed_in, redis, caplog):
        with closing(redis.client()) as client:
            client.config_set("maxmemory", 1)
            SessionStore(signed_in).flush()
            assert not client.exists(doubt_of(signed_in))
            assert read(signed_in) is None
            after_rest()
            client.config_set("maxmemory", 0)
        assert eventually(lambda: is_doubted(redis, signed_in))
        assert caplog.text.count("Redis refuses a copy of a session") == 1


class TestRedisAway:
    def test_sessions_are_read_while_it_is_dead(self, signed_in, redis):
        redis.kill()
        for _ in range(3):
            assert timed(read, signed_in) < PROMPT
        assert read(signed_in) == "alice"

    def test_sessions_are_read_while_it_is_frozen(self, signed_in, redis):
        redis.pause()
        assert timed(read, signed_in) < PROMPT
        assert read(signed_in) == "alice"
        redis.resume()

    def test_people_sign_in_and_out_while_it_is_dead(self, redis):
        redis.kill()
        session = SessionStore()
        session["person"] = "bob"
        assert timed(session.save) < PROMPT
        assert read(session.session_key) == "bob"
        assert timed(session.flush) < PROMPT

    def test_it_is_used_again_when_it_is_back(self, signed_in, redis, django_assert_num_queries):
        redis.kill()
        assert read(signed_in) == "alice"
        redis.start()
        after_rest()
        assert read(signed_in) == "alice"
        with django_assert_num_queries(0):
            assert read(signed_in) == "alice"

    def test_its_absence_and_its_return_are_logged_once(self, signed_in, redis, caplog):
        redis.kill()
        for _ in range(3):
            read(signed_in)
            after_rest()
        redis.start()
        read(signed_in)
        read(signed_in)
        told = [
            record.message for record in caplog.records if "Sessions are read" in record.message
        ]
        assert len(told) == 2
        assert "Redis is away" in told[0]
        assert told[1].endswith("from Redis again")

    def test_a_session_ended_meanwhile_stays_ended_after_a_freeze(self, signed_in, redis):
        """Redis comes back as it was, with the copy; the doubt is told as soon as it can be."""
        redis.pause()
        SessionStore(signed_in).flush()
        redis.resume()
        assert eventually(lambda: is_doubted(redis, signed_in))
        assert read(signed_in) is None

    def test_a_session_changed_meanwhile_is_not_read_as_it_was(self, signed_in, redis):
        redis.pause()
        session = SessionStore(signed_in)
        session["person"] = "bob"
        session.save()
        redis.resume()
        assert eventually(lambda: is_doubted(redis, signed_in))
        assert read(signed_in) == "bob"

    def test_an_end_told_late_goes_on_when_redis_stays_away_for_long(self, signed_in, redis):
        redis.kill()
        SessionStore(signed_in).flush()
        time.sleep(REST * 3)
        redis.start()
        assert eventually(lambda: is_doubted(redis, signed_in))
        assert eventually(lambda: not copies()._doubts._is_running), "it ends when all is told"


class TestRestart:
    def test_copies_from_before_it_are_not_believed(self, signed_in, redis):
        """Redis comes back with the copy, from its file, but without a doubt that it lost."""
        with closing(redis.client()) as client:
            [copy] = client.keys(copies_of(signed_in))
        redis.kill()
        Session.objects.filter(session_key=signed_in).delete()
        redis.start()
        with closing(redis.client()) as client:
            assert client.exists(copy), "the copy is there, so this test shows something"
        assert read(signed_in) is None

    def test_a_reader_from_before_it_fills_nothing_that_is_believed(self, signed_in, redis):
        redis.wipe()
        copy = copies().read(signed_in)
        row = Session.objects.get(session_key=signed_in)
        row.delete()
        redis.kill()
        redis.start()
        copies().fill(signed_in, row.session_data, 300, copy.run)
        with closing(redis.client()) as client:
            assert client.keys(copies_of(signed_in)), "it did write a copy"
        assert read(signed_in) is None

    def test_a_doubt_told_over_a_connection_from_before_it_holds(self, signed_in, redis):
        other = Copies(redis.url)
        other.read(signed_in)  # its connection leads to the first run
        redis.kill()
        redis.start()
        assert read(signed_in) == "alice"
        Session.objects.filter(session_key=signed_in).delete()
        other.doubt(signed_in)
        assert read(signed_in) is None


def test_many_threads_read_and_end_sessions_at_once(redis):
    """No thread sees another one's session, nor one that ended."""
    wrong: list[str] = []

    def live(name: str) -> None:
        for _ in range(20):
            session = SessionStore()
            session["person"] = name
            session.save()
            if read(session.session_key) != name:
                wrong.append(f"{name} read somebody else's")
            session.delete()
            if read(session.session_key) is not None:
                wrong.append(f"{name} came back")
        connection.close()

    threads = [threading.Thread(target=live, args=(f"person {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert Session.objects.count() == 0


def test_a_redis_that_does_not_tell_its_run_is_not_believed(settings, caplog):
    hidden = RedisServer("--rename-command", "INFO", "")
    with hidden as server, copies_in(server, settings):
        sign_in_and_read("alice")
        with closing(server.client()) as client:
            assert client.keys("*") == []
    assert "INFO" in caplog.text


@pytest.mark.parametrize("command", ["MGET", "SET"])
def test_what_redis_repeats_of_a_refused_command_is_not_logged(settings, caplog, command):
    """The key of a session is all that somebody needs to be that person."""
    with RedisServer("--rename-command", command, "") as server, copies_in(server, settings):
        store = SessionStore()
        store["name"] = "Alice"
        store.save()
        assert SessionStore(store.session_key).load() == {"name": "Alice"}
        assert f"refuses a copy of a session: unknown command '{command}'" in caplog.text
        assert store.session_key not in caplog.text
        assert store.encode({"name": "Alice"})[:10] not in caplog.text


def test_a_redis_that_is_none_is_away(settings):
    with pytest.raises(Away):
        Copies("redis://127.0.0.1:1/0").read("a" * 32)


def timed(act, *arguments) -> float:
    start = time.monotonic()
    act(*arguments)
    return time.monotonic() - start
