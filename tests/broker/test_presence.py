"""Who is at which worker, as Redis keeps it and as Django asks for it."""

from contextlib import closing

import pytest

from privatemessages.broker import blocking, keys, presence
from privatemessages.errors import Unavailable
from tests.broker.conftest import broker_at, settings_for
from tests.broker.running import asynchronous

EXPIRY = 30.0  # s
NOWHERE = "redis://127.0.0.1:1/0"
STRANGE = 'a "b", c:\n☃'  # a primary key may hold anything


@pytest.fixture
def django(redis_server):
    with closing(blocking.Broker(settings_for(redis_server.url))) as broker:
        yield broker


@asynchronous
async def tell(url, worker, people, *, expiry=EXPIRY, afresh=False):
    async with broker_at(url) as broker:
        tell.known = await broker.whereabouts.be_present(worker, people, expiry, afresh=afresh)


def test_people_of_all_workers_are_found_together(redis_server, django):
    tell(redis_server.url, "one", {1: {"7", STRANGE}, 2: {"8"}})
    tell(redis_server.url, "two", {1: {"7", "9"}, 3: {"7"}})
    assert django.present([1, 2, 3, 4]) == {1: {"7", "9", STRANGE}, 2: {"8"}, 3: {"7"}, 4: set()}
    assert django.present([2, 2]) == {2: {"8"}}
    assert django.present([]) == {}


def test_what_changes_is_told_alone_and_nobody_is_left_of_what_is_empty(
    redis_server, django, store
):
    tell(redis_server.url, "one", {1: {"7"}, 2: {"8"}, 3: {"9"}})
    assert not tell.known
    tell(redis_server.url, "one", {1: {"7", "8"}, 2: set()})
    assert tell.known
    assert django.present([1, 2, 3]) == {1: {"7", "8"}, 2: set(), 3: {"9"}}
    assert set(store.hkeys(keys.present("one"))) == {"1", "3"}


def test_afresh_nothing_of_before_is_left(redis_server, django):
    tell(redis_server.url, "one", {1: {"7"}, 2: {"8"}})
    tell(redis_server.url, "one", {1: {"9"}}, afresh=True)
    assert django.present([1, 2]) == {1: {"9"}, 2: set()}


def test_more_threads_than_one_command_takes(redis_server, django, monkeypatch):
    monkeypatch.setattr(presence, "FIELDS_AT_ONCE", 10)
    tell(redis_server.url, "one", {number: {str(number)} for number in range(35)})
    assert django.present(range(35)) == {number: {str(number)} for number in range(35)}
    tell(redis_server.url, "one", dict.fromkeys(range(34), ()))
    assert django.present([0, 33, 34]) == {0: set(), 33: set(), 34: {"34"}}


def test_a_worker_that_renews_nothing_is_forgotten_by_redis_itself(redis_server, django, store):
    tell(redis_server.url, "one", {1: {"7"}})
    assert EXPIRY * 1000 - 5000 < store.pttl(keys.present("one")) <= EXPIRY * 1000
    tell(redis_server.url, "one", {}, expiry=1.0)
    assert 0 < store.pttl(keys.present("one")) <= 1000
    store.pexpire(keys.present("one"), 1)
    while store.exists(keys.present("one")):
        pass
    assert django.present([1]) == {1: set()}


def test_one_that_is_long_gone_is_listed_no_more(redis_server, store):
    tell(redis_server.url, "recent", {1: {"7"}})
    store.zadd(keys.WORKERS, {"long gone": 1_700_000_000_000})
    tell(redis_server.url, "one", {1: {"7"}})
    assert set(store.zrange(keys.WORKERS, 0, -1)) == {"recent", "one"}


@asynchronous
async def test_one_that_leaves_takes_its_people_with_it(redis_server, store):
    async with broker_at(redis_server.url) as broker:
        await broker.whereabouts.be_present("one", {1: {"7"}}, EXPIRY, afresh=True)
        await broker.whereabouts.be_absent("one")
    assert not store.keys("pm:present:*")
    assert not store.zcard(keys.WORKERS)


@asynchronous
async def test_a_redis_that_is_away_or_will_not_take_it_is_unavailable(redis_server, store):
    async with broker_at(NOWHERE) as broker:
        with pytest.raises(Unavailable):
            await broker.whereabouts.be_present("one", {1: {"7"}}, EXPIRY, afresh=False)
        with pytest.raises(Unavailable):
            await broker.whereabouts.be_absent("one")
    store.set(keys.present("one"), "of another type")
    async with broker_at(redis_server.url) as broker:
        with pytest.raises(Unavailable):
            await broker.whereabouts.be_present("one", {1: {"7"}}, EXPIRY, afresh=False)
        assert not await broker.whereabouts.be_present("two", {1: {"7"}}, EXPIRY, afresh=False)


def test_who_asks_a_redis_that_is_away_is_told_so():
    with closing(blocking.Broker(settings_for(NOWHERE))) as django, pytest.raises(Unavailable):
        django.present([1])
