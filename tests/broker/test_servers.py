"""How long a page waits where nobody says who holds what."""

import socket
import time
from contextlib import ExitStack, closing

import pytest

from privatemessages import protocol
from privatemessages.broker import blocking
from privatemessages.errors import Unavailable
from tests.broker.conftest import settings_for

SILENT = 5
BEARABLE = 3.0  # s; each of them would take one
TRIES = 10


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
