import asyncio
from contextlib import asynccontextmanager

import pytest
import redis

from privatemessages.broker import listening as links
from privatemessages.broker import subscriptions
from privatemessages.broker.addresses import parse
from privatemessages.broker.links import Links
from privatemessages.broker.listening import PLAIN, SHARDED
from privatemessages.broker.subscriptions import Subscriptions
from privatemessages.broker.topology import Topology
from privatemessages.errors import Unavailable
from tests.broker.running import asynchronous, network, soon
from tests.services import RedisServer

CHANNELS = [f"pm:{{0}}:thread:{number}" for number in range(8)]
A, B, *_ = CHANNELS


class Listener:
    """Running subscriptions, and what they heard."""

    def __init__(self, url):
        self.frames = []
        self.losses = 0
        address = parse(url)
        dialect = SHARDED if address.kind == "cluster" else PLAIN
        self.link = Subscriptions(
            Topology(address), Links(address), dialect, self._on_frame, self._on_loss
        )

    def _on_frame(self, channel, frame):
        self.frames.append((channel, frame))

    def _on_loss(self):
        self.losses += 1


@asynccontextmanager
async def listening(url):
    listener = Listener(url)
    running = asyncio.create_task(listener.link.run())
    try:
        await soon(lambda: listener.link.connected)
        yield listener
        assert not running.done(), "the link ended"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def store(redis_server):
    with redis.Redis.from_url(redis_server.url) as client:
        yield client


@pytest.fixture
def quick(monkeypatch):
    """Pings and their patience in a fraction of the time."""
    monkeypatch.setattr(links, "PING_INTERVAL", 0.1)
    monkeypatch.setattr(links, "PONG_TIMEOUT", 0.2)


def kill_links(store):
    assert store.execute_command("CLIENT", "KILL", "TYPE", "pubsub") > 0


@asynchronous
async def test_what_is_published_after_the_confirmation_is_heard(redis_server, store):
    async with listening(redis_server.url) as listener:
        for number, channel in enumerate(CHANNELS):
            await listener.link.subscribe([channel])
            assert store.publish(channel, str(number)) == 1
        await soon(lambda: len(listener.frames) == len(CHANNELS))
        heard = [(channel, str(number).encode()) for number, channel in enumerate(CHANNELS)]
        assert listener.frames == heard
        assert listener.losses == 0


@asynchronous
async def test_several_wait_for_one_confirmation_and_a_second_subscription_is_free(
    redis_server, store
):
    async with listening(redis_server.url) as listener:
        await asyncio.gather(*[listener.link.subscribe([A, B]) for _ in range(5)])
        sent = store.info("commandstats")["cmdstat_subscribe"]["calls"]
        await listener.link.subscribe([A])
        assert store.info("commandstats")["cmdstat_subscribe"]["calls"] == sent
        assert store.pubsub_numsub(A, B) == [(A.encode(), 1), (B.encode(), 1)]


@asynchronous
async def test_more_channels_than_fit_into_one_command_are_confirmed(redis_server, monkeypatch):
    monkeypatch.setattr(links, "CHANNELS_AT_ONCE", 3)
    async with listening(redis_server.url) as listener:
        await listener.link.subscribe(CHANNELS)
        assert listener.link._confirmed == set(CHANNELS)


@pytest.mark.parametrize("turns", [1, 2, 5])
@asynchronous
async def test_a_channel_that_is_dropped_and_wanted_again_at_once_is_heard(
    redis_server, store, turns
):
    async with listening(redis_server.url) as listener:
        for _ in range(turns):
            early = asyncio.create_task(listener.link.subscribe([A]))
            await asyncio.sleep(0)
            listener.link.unsubscribe([A])
            late = asyncio.create_task(listener.link.subscribe([A]))
            await asyncio.gather(early, late)
            # Confirmed means: on now, and not only before the unsubscription between.
            assert store.publish(A, "x") == 1
        await soon(lambda: len(listener.frames) == turns)


@asynchronous
async def test_a_dropped_channel_is_silent(redis_server, store):
    async with listening(redis_server.url) as listener:
        await listener.link.subscribe([A, B])
        listener.link.unsubscribe([A])
        await soon(lambda: store.pubsub_numsub(A) == [(A.encode(), 0)])
        store.publish(A, "x")
        store.publish(B, "y")
        await soon(lambda: listener.frames)
        assert listener.frames == [(B, b"y")]


@asynchronous
async def test_a_link_forgets_what_was_dropped_unconfirmed(redis_server, monkeypatch):
    """While Redis stands still, people come and go, each with channels of their own."""
    monkeypatch.setattr(subscriptions, "CONFIRM_TIMEOUT", 0.1)
    async with network(redis_server.port) as between, listening(between.url) as listener:
        between.freeze()
        with pytest.raises(Unavailable):
            await listener.link.subscribe(CHANNELS)
        listener.link.unsubscribe(CHANNELS)
        between.thaw()
        await listener.link.subscribe([A])
        [link] = listener.link._links.values()
        assert not link._unanswered


@asynchronous
async def test_a_killed_link_comes_back_and_the_loss_is_told_once(redis_server, store):
    async with listening(redis_server.url) as listener:
        await listener.link.subscribe(CHANNELS)
        kill_links(store)
        await soon(lambda: listener.losses)
        assert all(store.publish(channel, "x") == 1 for channel in CHANNELS)
        await soon(lambda: len(listener.frames) == len(CHANNELS))
        assert listener.losses == 1


@asynchronous
async def test_each_loss_is_told(redis_server, store):
    async with listening(redis_server.url) as listener:
        await listener.link.subscribe([A])
        for number in range(1, 4):
            kill_links(store)
            await soon(lambda number=number: listener.losses == number)


@asynchronous
async def test_a_link_that_had_no_channels_has_lost_nothing(redis_server, store):
    async with listening(redis_server.url) as listener:
        before = store.info("stats")["total_connections_received"]
        kill_links_of_everybody_but(store)
        await soon(lambda: store.info("stats")["total_connections_received"] > before)
        await listener.link.subscribe([A])
        assert listener.losses == 0


def kill_links_of_everybody_but(store):
    assert store.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes") > 0


@asynchronous
async def test_a_restarted_redis_is_one_loss(store):
    del store
    with RedisServer() as server:
        async with listening(server.url) as listener:
            await listener.link.subscribe([A, B])
            server.kill()
            await soon(lambda: not listener.link.connected)
            server.start()
            await soon(lambda: listener.losses)
            with redis.Redis.from_url(server.url) as client:
                assert client.publish(A, "x") == 1
            await soon(lambda: listener.frames)
            assert listener.losses == 1


@asynchronous
async def test_a_silent_half_open_link_is_noticed_and_is_one_loss(redis_server, store, quick):
    async with network(redis_server.port) as between, listening(between.url) as listener:
        await listener.link.subscribe([A])
        between.freeze()
        store.publish(A, "lost")
        await soon(lambda: not listener.link.connected)
        between.cut()
        between.thaw()
        await soon(lambda: listener.losses)
        assert store.publish(A, "heard") >= 1
        await soon(lambda: listener.frames)
        assert listener.losses == 1


@asynchronous
async def test_a_quiet_link_is_not_taken_for_a_dead_one(redis_server, store, quick):
    async with network(redis_server.port) as between, listening(between.url) as listener:
        await listener.link.subscribe([A])
        await asyncio.sleep(0.8)
        assert between.opened == 1
        assert listener.losses == 0


@asynchronous
async def test_a_link_that_breaks_again_before_all_is_confirmed_is_still_a_loss(
    redis_server, store
):
    async with listening(redis_server.url) as listener:
        await listener.link.subscribe([A, B])
        [link] = listener.link._links.values()
        listener.link._confirmed = {A}
        listener.link._missed_at[link] = {B}
        kill_links(store)
        await soon(lambda: listener.losses)
        assert listener.losses == 1


@asynchronous
async def test_a_loss_is_told_although_a_channel_is_dropped_meanwhile(redis_server, store):
    async with listening(redis_server.url) as listener:
        await listener.link.subscribe([A, B])
        confirm = listener.link.on_confirmed
        # B is confirmed again first, and A is wanted no more before it is.
        waiting = []
        listener.link.on_confirmed = lambda _, channel: waiting.append(channel)
        kill_links(store)
        await soon(lambda: sorted(waiting) == [A, B])
        listener.link.on_confirmed = confirm
        [link] = listener.link._links.values()
        confirm(link, B)
        listener.link.unsubscribe([A])
        await soon(lambda: listener.losses)
        assert listener.losses == 1


@asynchronous
async def test_a_subscription_that_is_not_confirmed_is_unavailable_and_comes_later(
    redis_server, store, monkeypatch
):
    monkeypatch.setattr(subscriptions, "CONFIRM_TIMEOUT", 0.2)
    async with network(redis_server.port) as between, listening(between.url) as listener:
        between.freeze()
        with pytest.raises(Unavailable):
            await listener.link.subscribe([A])
        between.thaw()
        await listener.link.subscribe([A])
        assert store.publish(A, "x") == 1
        await soon(lambda: listener.frames)


@asynchronous
async def test_what_is_wanted_before_there_is_a_link_is_heard_when_there_is_one(
    redis_server, store
):
    listener = Listener(redis_server.url)
    wanted = asyncio.create_task(listener.link.subscribe([A]))
    await asyncio.sleep(0)
    running = asyncio.create_task(listener.link.run())
    await wanted
    assert store.publish(A, "x") == 1
    await soon(lambda: listener.frames)
    assert listener.losses == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
