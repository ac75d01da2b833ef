"""What a worker tells of itself while a node of a cluster has fallen that nobody replaces."""

import asyncio

from privatemessages.tornadoapp.monitoring import Metrics
from privatemessages.tornadoapp.vitals import Vitals
from tests.broker.conftest import cluster, nodes, worker_at  # noqa: F401 - fixtures
from tests.broker.running import asynchronous, soon
from tests.broker.test_failover import BACK, CHANNELS, take_away


def told(metrics, name):
    return metrics.registry.get_sample_value(f"privatemessages_{name}")


@asynchronous
async def test_the_figure_says_ready_as_long_as_readyz_does(cluster):  # noqa: F811 - the fixture
    async with worker_at(cluster.url) as worker:
        metrics = Metrics()
        vitals = Vitals(worker.broker, metrics, lambda: False)
        await vitals.measure()
        assert (told(metrics, "ready"), told(metrics, "redis_up")) == (1, 1)

        await worker.broker.subscriptions.subscribe(CHANNELS)
        await asyncio.to_thread(take_away, cluster, 0)
        await soon(lambda: not worker.broker.subscriptions.connected, BACK)
        await soon(lambda: worker.broker.subscriptions.connected, BACK)
        assert await vitals.failing() == []
        await vitals.measure()
        assert (told(metrics, "ready"), told(metrics, "redis_up")) == (1, 0)
