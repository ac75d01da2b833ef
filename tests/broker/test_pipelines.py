import asyncio

import pytest
import redis.exceptions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privatemessages.broker import pipelines
from privatemessages.broker.addresses import parse
from privatemessages.broker.links import Links
from privatemessages.broker.pipelines import GatheringPipeline
from privatemessages.errors import Unavailable
from tests.broker.running import asynchronous, network

KEY = "pm:a-test"


class Pipeline:
    """A gathering pipeline to one server, which is closed in the end."""

    def __init__(self, url):
        address = parse(url)
        pool = Links(address).to(address.hosts[0])
        self._pipeline = GatheringPipeline(pool, lambda: None)

    async def __aenter__(self):
        return self._pipeline

    async def __aexit__(self, *_):
        await self._pipeline.close()


def outcomes(futures):
    return [
        type(future.exception()) if future.exception() else future.result() for future in futures
    ]


@given(bursts=st.lists(st.integers(1, 12), min_size=1, max_size=8), limit=st.integers(1, 5))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_order_of_the_calls_is_the_order_in_redis(redis_server, bursts, limit):
    @asynchronous
    async def scenario():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipelines, "BATCH_LIMIT", limit)
            async with Pipeline(redis_server.url) as pipeline:
                futures, total = [], 0
                for burst in bursts:
                    for _ in range(burst):
                        futures.append(pipeline.call(("RPUSH", KEY, total)))
                        total += 1
                    # The next burst begins while this one is on its way.
                    await asyncio.sleep(0)
                lengths = await asyncio.gather(*futures)
        assert lengths == list(range(1, total + 1))
        with redis_server.client() as store:
            assert store.lrange(KEY, 0, -1) == [str(number) for number in range(total)]
            store.delete(KEY)

    scenario()


@asynchronous
async def test_what_comes_while_one_is_on_its_way_goes_out_together(redis_server):
    async with Pipeline(redis_server.url) as pipeline:
        sent = []
        execute = pipeline._execute

        async def counted(wanted):
            sent.append(len(wanted))
            return await execute(wanted)

        pipeline._execute = counted
        replies = await asyncio.gather(*[pipeline.call(("INCR", KEY)) for _ in range(450)])
    assert replies == list(range(1, 451))
    assert sent == [200, 200, 50]


@asynchronous
async def test_one_refused_command_spoils_no_other(redis_server):
    async with Pipeline(redis_server.url) as pipeline:
        futures = [
            pipeline.call(("SET", KEY, "text")),
            pipeline.call(("INCR", KEY)),
            pipeline.call(("GET", KEY)),
        ]
        await asyncio.wait(futures)
    assert outcomes(futures) == [b"OK", redis.exceptions.ResponseError, b"text"]


@asynchronous
async def test_a_lost_reply_is_told_to_every_caller_and_nothing_is_repeated(redis_server):
    async with network(redis_server.port) as between, Pipeline(between.url) as pipeline:
        await pipeline.call(("PING",))
        between.lose_replies = True
        futures = [pipeline.call(("RPUSH", KEY, number)) for number in range(5)]
        await asyncio.wait(futures)
        between.lose_replies = False

        assert outcomes(futures) == [Unavailable] * 5
        assert await pipeline.call(("RPUSH", KEY, "after")) == 6
    with redis_server.client() as store:
        assert store.lrange(KEY, 0, -1) == ["0", "1", "2", "3", "4", "after"]


@asynchronous
async def test_what_waits_behind_a_failure_fails_with_it_and_overtakes_nothing(
    redis_server, monkeypatch
):
    monkeypatch.setattr(pipelines, "BATCH_LIMIT", 2)
    async with network(redis_server.port) as between, Pipeline(between.url) as pipeline:
        await pipeline.call(("PING",))
        between.lose_replies = True
        futures = [pipeline.call(("RPUSH", KEY, number)) for number in range(6)]
        await asyncio.wait({futures[0]})
        between.lose_replies = False
        await asyncio.wait(futures)

        assert outcomes(futures) == [Unavailable] * 6
        assert await pipeline.call(("RPUSH", KEY, "after")) == 3
    with redis_server.client() as store:
        assert store.lrange(KEY, 0, -1) == ["0", "1", "after"]


@asynchronous
async def test_a_redis_that_is_away_is_unavailable_with_a_time_to_wait(redis_server):
    async with network(1) as nowhere, Pipeline(nowhere.url) as pipeline:
        futures = [pipeline.call(("PING",)) for _ in range(3)]
        await asyncio.wait(futures)
    assert outcomes(futures) == [Unavailable] * 3
    assert all(future.exception().retry_after > 0 for future in futures)


@asynchronous
async def test_a_frozen_redis_is_unavailable_and_then_works_again(redis_server, monkeypatch):
    monkeypatch.setattr(pipelines, "REPLY_TIMEOUT", 0.2)
    async with network(redis_server.port) as between, Pipeline(between.url) as pipeline:
        await pipeline.call(("PING",))
        between.freeze()
        with pytest.raises(Unavailable):
            await pipeline.call(("PING",))
        between.thaw()
        assert await pipeline.call(("INCR", KEY)) == 1


@asynchronous
async def test_a_caller_that_went_away_disturbs_nobody(redis_server):
    async with Pipeline(redis_server.url) as pipeline:
        gone, there = pipeline.call(("INCR", KEY)), pipeline.call(("INCR", KEY))
        gone.cancel()
        assert await there == 2


@asynchronous
async def test_a_queue_that_is_too_long_is_refused_at_once(redis_server, monkeypatch):
    monkeypatch.setattr(pipelines, "QUEUE_LIMIT", 3)
    async with Pipeline(redis_server.url) as pipeline:
        futures = [pipeline.call(("INCR", KEY)) for _ in range(5)]
        assert [future.done() for future in futures] == [False] * 3 + [True] * 2
        await asyncio.wait(futures)
        assert outcomes(futures) == [1, 2, 3, Unavailable, Unavailable]
        assert await pipeline.call(("INCR", KEY)) == 4


@asynchronous
async def test_what_nobody_expected_reaches_the_callers_and_the_next_call_works(redis_server):
    async with Pipeline(redis_server.url) as pipeline:
        execute = pipeline._execute

        async def broken(_):
            raise ValueError("a fault in the client library")

        pipeline._execute = broken
        futures = [pipeline.call(("INCR", KEY)) for _ in range(2)]
        await asyncio.wait(futures, timeout=1)
        assert outcomes(futures) == [ValueError] * 2
        pipeline._execute = execute
        assert await pipeline.call(("INCR", KEY)) == 1


@pytest.mark.parametrize(
    "prefix", ["OOM", "LOADING", "READONLY", "MISCONF", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN"]
)
@asynchronous
async def test_trouble_of_redis_that_passes_is_unavailable(redis_server, prefix):
    # As a script meets it: Redis 7 tells the error as it is, Redis 6.2 wraps it up.
    plain = f"return redis.error_reply('{prefix} it says')"
    running = "ERR Error running script (call to f_0): @user_script:3"
    wrapped = f"return redis.error_reply('{running}: -{prefix} it says')"
    async with Pipeline(redis_server.url) as pipeline:
        for script in (plain, wrapped):
            with pytest.raises(Unavailable):
                await pipeline.call(("EVAL", script, 0))
        with pytest.raises(redis.exceptions.ResponseError, match="a fault of ours"):
            await pipeline.call(("EVAL", "return redis.error_reply('ERR a fault of ours')", 0))
