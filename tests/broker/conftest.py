from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import redis

from privatemessages import conf, protocol
from privatemessages.broker.asynchronous import Broker

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
