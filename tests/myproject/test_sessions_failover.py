"""The session engine over Sentinel and in a cluster, whose masters really fall."""

import time
from contextlib import closing

import pytest
from django.contrib.sessions.models import Session

from myproject.sessions import SessionStore
from myproject.sessions.connections import RUN
from myproject.sessions.copies import Copies
from privatemessages.broker.discovery import PAUSE
from tests.myproject.sessions import (
    after_rest,
    copies_in,
    copies_of,
    doubt_of,
    is_doubted,
    read,
    sign_in,
    sign_in_and_read,
)
from tests.services import RedisCluster, RedisSentinel, RedisServer, eventually

pytestmark = pytest.mark.django_db(transaction=True)

PROMPT = 1.0  # seconds: what a page may lose to a master that fell, and to asking for another
KINDS = {"sentinel": RedisSentinel, "cluster": RedisCluster}

Servers = RedisSentinel | RedisCluster


@pytest.fixture(scope="module", params=KINDS)
def running(request):
    with KINDS[request.param]() as servers:
        yield servers


@pytest.fixture
def servers(running, settings):
    running.heal()
    running.wipe()
    with copies_in(running, settings):
        yield running


@pytest.fixture
def signed_in(servers) -> str:
    """The key of a session that was stored, and read once."""
    return sign_in_and_read("alice")


def master_of(servers: Servers, key: str) -> RedisServer:
    if isinstance(servers, RedisCluster):
        return servers.master_of(doubt_of(key))
    return servers.master()


def fell_over(servers: Servers, key: str) -> RedisServer:
    """The master that held this session and was killed. Its replica had all that it had."""
    master = master_of(servers, key)
    offset = master.client().info("replication")["master_repl_offset"]
    replica = servers.replica_of(master) if isinstance(servers, RedisCluster) else servers.replica()
    assert eventually(lambda: replica.client().info()["slave_repl_offset"] >= offset)
    if isinstance(servers, RedisCluster):
        return servers.fail_over(servers.masters().index(master))
    return servers.fail_over()


def keys_on(server: RedisServer, key: str) -> list[str]:
    with closing(server.client()) as client:
        return client.keys(copies_of(key))


def test_reading_costs_no_query(signed_in, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read(signed_in) == "alice"


def test_all_sessions_find_their_server(servers, django_assert_num_queries):
    keys = [sign_in(str(number)) for number in range(20)]
    with django_assert_num_queries(0):
        assert [read(key) for key in keys] == [str(number) for number in range(20)]
    for key in keys:
        SessionStore(key).flush()
    assert [read(key) for key in keys] == [None] * 20
    assert all(is_doubted(servers, key) for key in keys)


def test_people_stay_signed_in_while_a_master_falls_and_its_replica_is_used(
    signed_in, servers, django_assert_num_queries
):
    fell_over(servers, signed_in)
    began = time.monotonic()
    assert read(signed_in) == "alice"
    assert time.monotonic() - began < PROMPT
    after_rest()
    assert read(signed_in) == "alice"
    with django_assert_num_queries(0):
        assert read(signed_in) == "alice"


def test_a_replica_that_lost_a_doubt_brings_nobody_back(signed_in, servers):
    """It has the copy, and the doubt never came: so copies of before count for nothing."""
    fell_over(servers, signed_in)
    Session.objects.filter(session_key=signed_in).delete()
    assert keys_on(master_of(servers, signed_in), signed_in), "so this test shows something"
    assert read(signed_in) is None, "from the database, while the connection to the fallen breaks"
    after_rest()
    assert read(signed_in) is None


def test_a_session_that_ended_while_there_was_no_master_stays_ended(signed_in, servers):
    master_of(servers, signed_in).kill()
    SessionStore(signed_in).flush()
    assert read(signed_in) is None
    assert eventually(lambda: tried(is_doubted, servers, signed_in), timeout=20)
    assert read(signed_in) is None


def tried(act, *arguments):
    try:
        return act(*arguments)
    except Exception:  # noqa: BLE001 - while there is no master, whatever the client makes of it
        return None


@pytest.mark.parametrize("running", ["cluster"], indirect=True)
class TestChangingPlaces:
    @pytest.mark.parametrize("later", [PAUSE, RUN])
    def test_a_doubt_is_told_at_once_to_who_became_the_master(self, signed_in, servers, later):
        """Who was it says so, to the command or before it; then the others may be asked."""
        number = servers.masters().index(master_of(servers, signed_in))
        servers.hand_over(number)
        time.sleep(later)
        SessionStore(signed_in).flush()
        assert is_doubted(servers, signed_in)

    def test_a_master_that_comes_back_alive_is_not_believed_what_it_knew(self, signed_in, servers):
        """Nothing was restarted, and the connections to it lived on."""
        first = master_of(servers, signed_in)
        number = servers.masters().index(first)
        other = Copies(servers.url)
        assert other.read(signed_in).data is not None
        for _ in range(2):
            servers.hand_over(number)
            servers.heal()
        assert master_of(servers, signed_in) is first
        Session.objects.filter(session_key=signed_in).delete()
        time.sleep(RUN)
        assert keys_on(first, signed_in), "so this test shows something"
        assert other.read(signed_in).data is None
        assert read(signed_in) is None


@pytest.mark.parametrize("running", ["cluster"], indirect=True)
def test_a_node_that_stands_still_takes_only_its_own_copies_with_it(
    signed_in, servers, django_assert_num_queries
):
    frozen = master_of(servers, signed_in)
    keys = [sign_in_and_read(str(number)) for number in range(20)]
    others = [key for key in keys if master_of(servers, key) is not frozen]
    assert others
    frozen.pause()
    try:
        assert read(signed_in) == "alice"
        with django_assert_num_queries(0):
            assert all(map(read, others))
    finally:
        frozen.resume()


@pytest.mark.parametrize("running", ["sentinel"], indirect=True)
def test_a_master_without_the_replicas_that_it_must_have_is_not_believed(signed_in, servers):
    """It may be cut off, and another one the master by now."""
    master = servers.master().client()
    master.config_set("min-replicas-max-lag", 1)
    master.config_set("min-replicas-to-write", 1)
    try:
        servers.replica().pause()
        assert eventually(lambda: master.info("replication")["min_slaves_good_slaves"] == 0)
        Session.objects.filter(session_key=signed_in).delete()
        time.sleep(RUN)
        assert read(signed_in) is None
    finally:
        master.config_set("min-replicas-to-write", 0)
        servers.heal()
