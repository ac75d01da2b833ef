"""A Redis that stands still: one waits for it at a time, and all others fail at once."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from privatemessages import protocol
from privatemessages.broker import blocking, keys, rests
from privatemessages.errors import Unavailable
from tests.broker.conftest import settings_for
from tests.services import RedisSentinel, RedisServer, eventually

TIMEOUT = 0.5  # s
REST = 0.4  # s
AT_ONCE = TIMEOUT / 2  # s; for a machine that is busy
BACK = 20.0  # s within which a replica has taken over
CROWD = 8  # threads
THREADS = range(4)  # one in each partition


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(blocking, "TELL_TIMEOUT", TIMEOUT)
    monkeypatch.setattr(rests, "REST", REST)


@pytest.fixture
def redis():
    with RedisServer() as server:
        yield server


def django_at(service):
    return closing(blocking.Broker(settings_for(service.url)))


@pytest.fixture
def django(redis):
    with django_at(redis) as broker:
        yield broker


def tell(django, thread=0):
    django.tell_thread(thread, protocol.TypingFrame(thread=thread, user="7", name="Alice"))


def vain(act, *arguments):
    """How long it took to fail."""
    began = time.monotonic()
    with pytest.raises(Unavailable):
        act(*arguments)
    return time.monotonic() - began


def tells(django, thread=0):
    try:
        tell(django, thread)
    except Unavailable:
        return False
    return True


@pytest.mark.parametrize("known", [True, False])
def test_nobody_waits_again_for_anything(redis, django, known):
    if known:
        tell(django)
    redis.pause()
    assert vain(tell, django) > AT_ONCE, "so it is worth something"
    asked = [
        django.ping,
        django.outbox_state,
        django.outboxes.states,
        lambda: django.present([1]),
        lambda: django.whereabouts(["7"]),
        lambda: django.set_asides.first(1),
        lambda: tell(django),
    ]
    assert sum(vain(ask) for ask in asked) < AT_ONCE


def test_one_tries_again_while_the_others_fail_at_once(redis, django):
    redis.pause()
    vain(tell, django)
    for _ in range(2):
        time.sleep(REST)
        with ThreadPoolExecutor(CROWD) as crowd:
            *others, longest = sorted(crowd.map(lambda _: vain(tell, django), range(CROWD)))
        assert longest > AT_ONCE > max(others)


def test_all_is_told_again_as_soon_as_one_was(redis, django):
    tell(django)
    redis.pause()
    vain(tell, django)
    redis.resume()
    assert eventually(lambda: tells(django), REST + AT_ONCE)
    with ThreadPoolExecutor(CROWD) as crowd:
        assert all(crowd.map(lambda _: tells(django), range(10 * CROWD)))


def test_who_refuses_quickly_is_asked_each_time(redis, django):
    redis.kill()
    assert vain(tell, django) < AT_ONCE
    redis.start()
    tell(django)


def test_who_refuses_slowly_is_left_alone_too(django, monkeypatch):
    """As a name server does that is away, or the last of several addresses."""

    def refuse(*_):
        time.sleep(TIMEOUT)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert vain(tell, django) > AT_ONCE
    assert vain(tell, django) < AT_ONCE


def test_links_from_before_are_not_waited_for_one_after_the_other(redis, django):
    """Each of them may be as dead as the first was, where packets got lost."""
    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(lambda _: tell(django), range(10 * CROWD)))
    redis.pause()
    vain(tell, django)
    redis.resume()
    with closing(redis.client()) as client:
        before = {link["id"] for link in client.client_list()}
        time.sleep(REST)
        tell(django)
        [own] = [link for link in client.client_list() if link["cmd"].endswith("publish")]
    assert own["id"] not in before


def test_who_takes_over_is_not_kept_waiting_by_who_stands_still(watched):
    with django_at(watched) as django:
        tell(django)
        frozen = master_of(watched, 0)
        frozen.pause()
        try:
            vain(tell, django)
            assert eventually(lambda: tells(django), BACK)
        finally:
            frozen.resume()


def test_the_others_of_a_cluster_do_not_rest(cluster):
    with django_at(cluster) as django:
        masters = {thread: master_of(cluster, thread) for thread in THREADS}
        kept = [thread for thread in THREADS if masters[thread] is not masters[0]]
        assert kept
        masters[0].pause()
        try:
            vain(tell, django)
            began = time.monotonic()
            vain(tell, django)
            for thread in kept:
                tell(django, thread)
            assert time.monotonic() - began < AT_ONCE
        finally:
            masters[0].resume()


def master_of(service, thread):
    if isinstance(service, RedisSentinel):
        return service.master()
    return service.master_of(keys.thread_channel(thread, len(THREADS)))
