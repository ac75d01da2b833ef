"""Whom a page asks who holds what, and how long it waits for an answer."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from privatemessages import protocol
from privatemessages.broker import blocking, lookout, servers
from privatemessages.errors import Unavailable
from tests.broker.conftest import clean, settings_for
from tests.services.sentinel import QUORUM, SERVICE, Sentinel

SILENT = 5
BEARABLE = 3.0  # s; each of them would take one
TRIES = 10
CROWD = 8  # threads


@pytest.fixture
def silent():
    """Addresses at which one may connect, and is told nothing."""
    with ExitStack() as open_now:
        found = [open_now.enter_context(socket.socket()) for _ in range(SILENT)]
        for each in found:
            each.bind(("127.0.0.1", 0))
            each.listen()
        yield ["{}:{}".format(*each.getsockname()) for each in found]


def tell(url):
    django = blocking.Broker(settings_for(url))
    return closing(django), lambda: django.tell_person("7", protocol.Pong())


def test_nobody_waits_for_all_who_do_not_answer(silent):
    broker, tell_once = tell(f"redis+cluster://{','.join(silent)}")
    with broker:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            tell_once()
        assert time.monotonic() - began < BEARABLE


def test_while_one_asks_in_vain_nobody_else_waits(silent, monkeypatch):
    patience = 0.3  # s
    monkeypatch.setattr(servers, "ASK_TIMEOUT", patience)
    broker, tell_once = tell(f"redis+cluster://{','.join(silent)}")

    def vain(_=None):
        began = time.monotonic()
        with pytest.raises(Unavailable):
            tell_once()
        return time.monotonic() - began

    with broker:
        vain()
        time.sleep(lookout.PAUSE)
        with ThreadPoolExecutor(CROWD) as crowd:
            *others, longest = sorted(crowd.map(vain, range(CROWD)))
    assert longest > patience > max(others)


def test_a_sentinel_that_was_cut_off_is_not_believed_though_it_is_named_first(
    sentinels, monkeypatch
):
    monkeypatch.setattr(lookout, "LIFETIME", 0.3)
    service = clean(sentinels)
    former = service.fail_over()
    cut_off = Sentinel()
    cut_off.configure(f"sentinel monitor {SERVICE} 127.0.0.1 {former.address} {QUORUM}")
    with cut_off:
        url = service.url.replace("://", f"://127.0.0.1:{cut_off.address},")
        broker, tell_once = tell(url)
        with broker:
            tell_once()
            time.sleep(lookout.LIFETIME)  # and then it is only asked whether all is as it was
            tell_once()


def test_who_was_not_asked_is_asked_the_next_time(silent, cluster):
    last = cluster.masters()[0]
    broker, tell_once = tell(f"redis+cluster://{','.join(silent)},127.0.0.1:{last.address}")
    with broker:
        for _ in range(TRIES):
            try:
                return tell_once()
            except Unavailable:
                time.sleep(0.3)  # longer than the pause between two askings
    pytest.fail("the one that answers was never asked")
