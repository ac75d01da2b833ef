"""Who is at which worker, as Redis keeps it and as Django asks for it."""

import time
from contextlib import closing

import pytest

from privatemessages import protocol
from privatemessages.broker import blocking, keys, presence
from privatemessages.errors import Unavailable
from tests.broker.conftest import broker_at, settings_for
from tests.broker.running import asynchronous

EXPIRY = 30.0  # s
SEEN_AT = int(time.time() * 1000) - 60_000  # ms since 1970
HERE = protocol.Presence(here=True)
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
    with closing(blocking.Broker(settings_for(NOWHERE))) as django, pytest.raises(Unavailable):
        django.whereabouts(["7"])


def people(*user_ids):
    return {presence.of_person(user_id): {user_id} for user_id in user_ids}


def test_people_are_here_while_any_worker_has_them(redis_server, django):
    tell(redis_server.url, "one", people("7", STRANGE))
    tell(redis_server.url, "two", people("7") | {7: {"8"}})
    assert django.whereabouts(["7", STRANGE, "8", "7"]) == {
        "7": HERE,
        STRANGE: HERE,
        "8": protocol.Presence(here=False),
    }
    tell(redis_server.url, "two", dict.fromkeys(people("7"), ()))
    assert django.whereabouts(["7"])["7"] == HERE
    tell(redis_server.url, "one", dict.fromkeys(people("7"), ()))
    assert not django.whereabouts(["7"])["7"].here
    assert django.whereabouts([]) == {}


def test_a_worker_that_came_or_went_since_is_asked_or_not(redis_server, django):
    for worker in ("one", "two", "three"):
        tell(redis_server.url, worker, people(worker))
        assert django.whereabouts([worker])[worker] == HERE
    leave(redis_server.url, "two")
    assert not django.whereabouts(["two"])["two"].here
    assert django.whereabouts(["three"])["three"] == HERE


@asynchronous
async def leave(url, worker):
    async with broker_at(url) as broker:
        await broker.whereabouts.be_absent(worker)


@asynchronous
async def test_a_worker_learns_who_is_at_others_too(redis_server):
    async with broker_at(redis_server.url) as broker:
        there = broker.whereabouts
        for worker, who in [("one", ["7", "8"]), ("two", ["8", "9"]), ("three", [STRANGE])]:
            await there.be_present(worker, people(*who), EXPIRY, afresh=True)
        assert await there.elsewhere("one", ["7", "8", "9", STRANGE]) == {"8", "9", STRANGE}
        assert await there.elsewhere("two", ["7", "8"]) == {"7", "8"}
        assert await there.elsewhere("one", []) == set()


@asynchronous
async def test_when_people_were_seen_is_kept_for_a_while_and_goes_only_forward(redis_server, store):
    now = int(time.time() * 1000)
    long_ago, past = now - presence.SEEN_KEPT - 1, now - 5000
    async with broker_at(redis_server.url) as broker:
        await broker.whereabouts.note_seen({"7": now, STRANGE: past, "8": long_ago})
        await broker.whereabouts.note_seen({"7": past, STRANGE: now, "9": now})
    kept = {"7": now, STRANGE: now, "9": now}
    assert dict(store.zrange(keys.SEEN, 0, -1, withscores=True)) == kept


def test_who_is_not_here_was_at_some_moment(redis_server, django, monkeypatch):
    monkeypatch.setattr(presence, "FIELDS_AT_ONCE", 2)
    note(redis_server.url, {str(number): SEEN_AT + number for number in range(5)})
    tell(redis_server.url, "one", people("4"))
    found = django.whereabouts(["0", "3", "4", "5"])
    assert [it.seen_at for it in found.values()] == [SEEN_AT, SEEN_AT + 3, None, None]


@asynchronous
async def note(url, moments):
    async with broker_at(url) as broker:
        await broker.whereabouts.note_seen(moments)


@asynchronous
async def test_who_comes_or_goes_is_announced_where_the_thread_is_listened_to(
    redis_server, published
):
    frames = [protocol.PresenceFrame(thread=n, user="7", here=True, seen_at=None) for n in (41, 42)]
    async with broker_at(redis_server.url) as broker:
        await broker.whereabouts.announce(frames)
        channels = [broker.thread_channel(frame.thread) for frame in frames]
    told = list(zip(channels, (protocol.encode(it).decode() for it in frames), strict=True))
    assert published() == told
