import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import redis

from privatemessages import conf, protocol
from privatemessages.broker.asynchronous import Broker
from privatemessages.errors import Unavailable
from tests.broker.running import POLL, soon
from tests.services import RedisCluster, RedisSentinel, RedisServer

SENT_AT = 1_700_000_000_000  # ms since 1970


def spoken(thread=42, sender="7", text="hello", message_id=None):
    return protocol.MessageFrame(
        thread=thread,
        sender=protocol.Sender(id=sender, name="Alice"),
        id=message_id or str(uuid4()),
        text=text,
        sent_at=SENT_AT,
    )


def settings_for(url, **more):
    return conf.Settings(REDIS_URL=url, PARTITIONS=4, **more)


@asynccontextmanager
async def broker_at(url, on_frame=lambda *_: None, on_loss=lambda: None):
    broker = Broker(settings_for(url), on_frame, on_loss)
    try:
        yield broker
    finally:
        await broker.close()


@pytest.fixture
def store(redis_server):
    """Redis as it is, without our clients; strings are decoded."""
    with redis_server.client() as client:
        yield client


@pytest.fixture
def published(redis_server):
    """What was told on any of our channels since it was last asked."""
    with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
        subscription = client.pubsub(ignore_subscribe_messages=True)
        subscription.psubscribe("pm:*")
        subscription.get_message(timeout=2)

        def drain():
            client.publish("pm:end", "")
            found = []
            while True:
                message = subscription.get_message(timeout=2)
                assert message is not None, "Redis tells nothing at all"
                if message["channel"] == "pm:end":
                    return found
                found.append((message["channel"], message["data"]))

        yield drain
        subscription.close()


@pytest.fixture(scope="session")
def sentinels():
    with RedisSentinel() as service:
        yield service


@pytest.fixture(scope="session")
def nodes():
    with RedisCluster() as service:
        yield service


SERVICES = {"single": "redis_server", "sentinel": "sentinels", "cluster": "nodes"}


@pytest.fixture(params=SERVICES)
def anywhere(request):
    """Redis in each of the ways in which it may be run, empty and whole."""
    return clean(request.getfixturevalue(SERVICES[request.param]))


@pytest.fixture(params=["sentinel", "cluster"])
def watched(request):
    """Redis as a replica takes over in it."""
    return clean(request.getfixturevalue(SERVICES[request.param]))


@pytest.fixture
def cluster(nodes):
    return clean(nodes)


def clean(service):
    if not isinstance(service, RedisServer):
        service.heal()
    service.wipe()
    return service


class Listening:
    """A worker's broker whose subscriptions run, and what it heard."""

    def __init__(self, broker):
        self.broker = broker
        self.frames = []
        self.losses = 0

    def on_frame(self, channel, frame):
        self.frames.append((channel, frame))

    def on_loss(self):
        self.losses += 1


async def agreed(broker):
    """As a worker does it: until Redis is there."""
    while True:
        try:
            await broker.agree_on_partitions()
            return await broker.join_epochs()
        except Unavailable:
            await asyncio.sleep(POLL)


@asynccontextmanager
async def worker_at(url):
    """Has joined, and listens to nothing yet."""
    worker = Listening(None)
    async with broker_at(url, worker.on_frame, worker.on_loss) as worker.broker:
        await agreed(worker.broker)
        running = asyncio.create_task(worker.broker.subscriptions.run())
        try:
            await soon(lambda: worker.broker.subscriptions.connected)
            yield worker
            assert not running.done(), "the subscriptions ended"
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
