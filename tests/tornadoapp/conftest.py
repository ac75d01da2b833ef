import asyncio
import math
from contextlib import ExitStack

import pytest
from django.conf import settings as django_settings
from django.test import Client

from privatemessages import conf, wiring
from tests.services import eventually
from tests.tornadoapp.client import Socket
from tests.tornadoapp.running import RunningWorker

PARTITIONS = 4


@pytest.fixture
def configure(settings, redis_server, live_server):
    """Sets what workers and Django share; the settings of a worker."""
    wiring.broker.cache_clear()
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
    # At once, so that what the fixtures after this one tell goes where workers listen.
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {
        "PARTITIONS": PARTITIONS,
        "DRAIN_SECONDS": 0.1,
        "SAVE_HOST": "",
    }

    def set_up(**more):
        settings.SEND_MESSAGE_API_URL = f"{live_server.url}/messages/send_message_api/"
        address = more.pop("SEND_MESSAGE_API_URL", None)
        settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | more
        if address:
            settings.SEND_MESSAGE_API_URL = address
        return conf.load()

    yield set_up
    wiring.broker().close()
    wiring.broker.cache_clear()


@pytest.fixture
def start(configure):
    """Starts workers with settings of their own; all have ended well when the test ends."""
    with ExitStack() as running:

        def one_more(*, leased=True, **more):
            return running.enter_context(RunningWorker(configure(**more), leased=leased))

        yield one_more


@pytest.fixture
def worker(start):
    return start()


@pytest.fixture
def slowed(worker):
    """Has the worker dawdle between reading something and using it; what it asked, each time."""

    def slow_down(reading, seconds, times=math.inf):
        read, asked = getattr(worker.worker.identity, reading), []

        async def slowly(*arguments):
            found = await read(*arguments)
            asked.append(arguments)
            if len(asked) <= times:
                await asyncio.sleep(seconds)
            return found

        setattr(worker.worker.identity, reading, slowly)
        return asked

    return slow_down


@pytest.fixture
def connect():
    """Opens sockets to a worker, and leaves none behind."""
    with ExitStack() as opened:

        def to(worker, person=None, path="/ws/", *, cookie=None, **more):
            if person is not None:
                cookie = sign_in(person)
            return opened.enter_context(Socket(worker.port, path, cookie=cookie, **more))

        yield to


@pytest.fixture
def enter(connect):
    """A socket that was greeted already."""

    def to(worker, person, **more):
        socket = connect(worker, person, **more)
        socket.greeting = socket.hello()
        return socket

    return to


def sign_in(person):
    """The cookie of a new session."""
    return signed_in(person).cookies[django_settings.SESSION_COOKIE_NAME].value


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def stored_texts(thread):
    return list(thread.messages.order_by("seq").values_list("text", flat=True))


def all_stored(thread, count, seconds=10.0):
    return eventually(lambda: thread.messages.count() >= count, seconds)
