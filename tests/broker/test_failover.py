"""What happens when another server takes over, or a slot moves, while both clients are at work."""

import asyncio
import math
from collections.abc import Iterable
from contextlib import closing
from itertools import count

import pytest

from privatemessages import protocol
from privatemessages.broker import blocking, keys, subscriptions, topology
from privatemessages.broker.addresses import Server
from privatemessages.broker.asynchronous import FORGOTTEN
from privatemessages.broker.layouts import Whole, slot_of
from privatemessages.errors import Unavailable
from privatemessages.tornadoapp.leases import Leases
from privatemessages.tornadoapp.monitoring import Metrics
from tests.broker.conftest import broker_at, clean, settings_for, spoken, worker_at
from tests.broker.running import asynchronous, soon
from tests.services import RedisSentinel, eventually

PARTITIONS = 4
THREADS = range(PARTITIONS)
CHANNELS = [keys.thread_channel(thread, PARTITIONS) for thread in THREADS]
FEELER = 0.02  # s from one try to the next
BACK = 10.0  # s within which everybody has found the new master
HOUR = 3600.0  # s


def fall(service, thread):
    """Kills the master that holds the thread; its replica has taken over."""
    if isinstance(service, RedisSentinel):
        return service.fail_over()
    return service.fail_over(service.masters().index(service.master_of(CHANNELS[thread])))


def has_replicated(service, thread):
    """All that the master has which holds the thread, its replica has too."""
    if isinstance(service, RedisSentinel):
        master, replica = service.master(), service.replica()
    else:
        master = service.master_of(CHANNELS[thread])
        replica = service.replica_of(master)
    offset = master.client().info("replication")["master_repl_offset"]
    assert eventually(lambda: replica.client().info("replication")["slave_repl_offset"] >= offset)


def change_places(cluster, thread):
    """The master that holds the thread and its replica do so, and nobody dies."""
    cluster.hand_over(cluster.masters().index(cluster.master_of(CHANNELS[thread])))


async def accepted(broker, thread=0):
    """What came of the next message that Redis answered at all."""
    while True:
        try:
            return await broker.accept(spoken(thread=thread))
        except Unavailable:
            await asyncio.sleep(FEELER)


async def hears_all(worker):
    """Every thread, told by a worker."""
    worker.frames.clear()
    for thread in THREADS:
        await told(worker.broker, thread)
    await soon(lambda: {channel for channel, _ in worker.frames} == set(CHANNELS), BACK)


async def told(broker, thread):
    while True:
        try:
            if await broker.tell_thread(thread, typing(thread)):
                return
        except Unavailable:
            pass
        await asyncio.sleep(FEELER)


def typing(thread):
    return protocol.TypingFrame(thread=thread, user="7", name="Alice")


@asynchronous
async def test_a_master_dies_and_its_replica_serves_within_seconds(watched):
    async with worker_at(watched.url) as worker:
        await worker.broker.subscriptions.subscribe(CHANNELS)
        assert await accepted(worker.broker) == 1
        await asyncio.to_thread(has_replicated, watched, 0)
        await asyncio.to_thread(fall, watched, 0)

        async with asyncio.timeout(BACK):
            assert await accepted(worker.broker) == FORGOTTEN
            assert await accepted(worker.broker) == FORGOTTEN
            await worker.broker.join_epochs()
            assert await accepted(worker.broker) == 1
        await soon(lambda: worker.losses == 1, BACK)
        await soon(lambda: worker.broker.subscriptions.connected, BACK)
        await hears_all(worker)
        await worker.broker.ping()
        assert len(await worker.broker.spoken([0])) == 2
        assert await worker.broker.waiting() == 2
        assert worker.losses == 1


@asynchronous
async def test_every_worker_is_told_once_that_what_was_accepted_may_be_gone(watched):
    async with worker_at(watched.url) as one, worker_at(watched.url) as other:
        await asyncio.to_thread(fall, watched, 0)
        for worker in (one, other):
            async with asyncio.timeout(BACK):
                assert await accepted(worker.broker) == FORGOTTEN
                await worker.broker.join_epochs()
        for worker in (one, other, one):
            assert [await accepted(worker.broker, thread) for thread in THREADS] == [1] * len(
                THREADS
            )


@asynchronous
async def test_a_server_that_was_out_of_office_for_a_moment_may_have_lost_something(cluster):
    async with worker_at(cluster.url) as worker:
        for _ in range(2):  # there, and back, while nobody speaks
            await asyncio.to_thread(change_places, cluster, 0)
            await worker.broker._topology.ask()
        assert await accepted(worker.broker) == FORGOTTEN
        await worker.broker.join_epochs()
        assert await accepted(worker.broker) == 1


@asynchronous
async def test_who_slept_while_the_server_was_out_of_office_is_told_so_too(cluster):
    async with broker_at(cluster.url) as sleeper, worker_at(cluster.url) as awake:
        await sleeper.join_epochs()
        for _ in range(2):  # there, and back
            await asyncio.to_thread(change_places, cluster, 0)
            async with asyncio.timeout(BACK):
                assert await accepted(awake.broker) == FORGOTTEN
                await awake.broker.join_epochs()
        assert await accepted(sleeper) == FORGOTTEN


@asynchronous
async def test_what_django_tells_after_it_is_heard(watched):
    with closing(blocking.Broker(settings_for(watched.url))) as django:
        async with worker_at(watched.url) as worker:
            await worker.broker.subscriptions.subscribe(CHANNELS)
            await asyncio.to_thread(django.tell_thread, 0, typing(0))
            await soon(lambda: worker.frames)
            await asyncio.to_thread(fall, watched, 0)
            await soon(lambda: worker.losses, BACK)
            worker.frames.clear()
            # It has seen nothing of all this yet, and still nothing that it tells is lost.
            for thread in THREADS:
                await asyncio.to_thread(django.tell_thread, thread, typing(thread))
            await soon(lambda: len(worker.frames) == len(THREADS))
            await asyncio.to_thread(django.ping)


@asynchronous
async def test_django_tells_nothing_to_a_replica_that_it_takes_for_the_master(sentinels):
    watched = clean(sentinels)
    with closing(blocking.Broker(settings_for(watched.url))) as django:
        async with worker_at(watched.url) as worker:
            await worker.broker.subscriptions.subscribe(CHANNELS)
            django._servers._lookout.layout = Whole(Server("127.0.0.1", watched.replica().address))
            django._servers._lookout._believed_until = math.inf
            await asyncio.to_thread(django.tell_thread, 0, typing(0))
            await soon(lambda: worker.frames)


@asynchronous
async def test_workers_look_again_when_nobody_tells_the_former_master_any_more(
    sentinels, monkeypatch
):
    monkeypatch.setattr(subscriptions, "AFTERMATH", BACK / 2)
    async with worker_at(clean(sentinels).url) as worker:
        await worker.broker.subscriptions.subscribe(CHANNELS)
        await asyncio.to_thread(sentinels.fail_over)
        await soon(lambda: worker.losses and worker.broker.subscriptions.connected, BACK)
        await hears_all(worker)
        losses = worker.losses
        await soon(lambda: worker.losses > losses, BACK)


@asynchronous
async def test_a_planned_change_of_places_is_followed(cluster):
    with closing(blocking.Broker(settings_for(cluster.url))) as django:
        async with worker_at(cluster.url) as worker:
            await worker.broker.subscriptions.subscribe(CHANNELS)
            await asyncio.to_thread(django.ping)
            await asyncio.to_thread(change_places, cluster, 0)
            assert await accepted(worker.broker) == FORGOTTEN
            await worker.broker.join_epochs()
            assert await accepted(worker.broker) == 1
            await soon(lambda: worker.losses, BACK)
            await hears_all(worker)
            await asyncio.to_thread(django.tell_thread, 0, typing(0))


@asynchronous
async def test_a_node_without_a_replica_takes_only_its_own_threads_with_it(cluster):
    with closing(blocking.Broker(settings_for(cluster.url))) as django:
        async with worker_at(cluster.url) as worker:
            await worker.broker.subscriptions.subscribe(CHANNELS)
            gone, kept = await asyncio.to_thread(take_away, cluster, 0)
            await soon(lambda: not worker.broker.subscriptions.connected, BACK)

            for thread in gone:
                with pytest.raises(Unavailable):
                    await worker.broker.accept(spoken(thread=thread))
                with pytest.raises(Unavailable):
                    await asyncio.to_thread(django.tell_thread, thread, typing(thread))
            for thread in kept:
                assert await worker.broker.accept(spoken(thread=thread)) == 1
                await asyncio.to_thread(django.tell_thread, thread, typing(thread))
            await soon(lambda: len(worker.frames) >= 2 * len(kept))
            assert set(await worker.broker.lease(THREADS, "me", 1000)) == set(kept)
            found = await worker.broker.read_outboxes(THREADS, 10)
            assert [thread for thread in THREADS if found[thread]] == kept
            assert len(await worker.broker.spoken(THREADS)) == len(kept)
            # Who comes now hears what there is, and is told later that something was missed.
            losses = worker.losses
            later = [keys.thread_channel(it + PARTITIONS, PARTITIONS) for it in THREADS]
            async with asyncio.timeout(1):
                await worker.broker.subscriptions.subscribe(later)
            # And is let in: the cluster knows that the node has fallen, and it is nobody's fault.
            await soon(lambda: worker.broker.subscriptions.connected, BACK)
            await worker.broker.ping()
            await asyncio.to_thread(django.ping)

            await asyncio.to_thread(cluster.heal)
            await soon(lambda: worker.broker.subscriptions.connected, BACK)
            await soon(lambda: worker.losses > losses, BACK)
            await hears_all(worker)


@asynchronous
async def test_who_saves_for_a_fallen_node_is_woken_as_soon_as_it_is_back(cluster):
    """A lease outlives a renewal that failed: nobody else could take it until it expires."""
    renewed = []
    async with worker_at(cluster.url) as worker:
        leases = Leases(worker.broker, HOUR, Metrics(), renewed.append)
        renewing = asyncio.create_task(leases.run())
        await soon(lambda: len(renewed) == 2)  # it tells what it has, and what of it is new
        assert leases.held == set(THREADS)
        await asyncio.to_thread(take_away, cluster, 0)
        leases.try_now()
        await soon(lambda: len(renewed) == 4, BACK)
        await asyncio.to_thread(cluster.heal)
        await soon(lambda: worker.broker.subscriptions.connected, BACK)
        worker.frames.clear()
        assert await accepted(worker.broker) == 1
        await soon(lambda: keys.wake_channel(0) in dict(worker.frames))
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


def take_away(cluster, thread):
    """Ends who holds the thread and who could take over; the threads there, and the others."""
    master = cluster.master_of(CHANNELS[thread])
    gone = [it for it in THREADS if cluster.master_of(CHANNELS[it]) is master]
    cluster.replica_of(master).kill()
    master.kill()
    return gone, [it for it in THREADS if it not in gone]


class TestSlots:
    """One is moved to another node while people talk."""

    @asynchronous
    async def test_its_channels_and_its_outbox_go_along(self, cluster):
        with closing(blocking.Broker(settings_for(cluster.url))) as django:
            async with worker_at(cluster.url) as worker:
                await worker.broker.subscriptions.subscribe(CHANNELS)
                assert await accepted(worker.broker) == 1
                with moving(cluster, CHANNELS[0]) as move:
                    # A part of its keys is here, and a part there.
                    await asyncio.to_thread(move.some)
                    with pytest.raises(Unavailable):
                        await worker.broker.accept(spoken(thread=0))
                    assert await accepted(worker.broker, 1) == 1
                    await asyncio.to_thread(move.the_rest)
                    await asyncio.to_thread(django.tell_thread, 0, typing(0))
                    assert await accepted(worker.broker) == FORGOTTEN
                    await worker.broker.join_epochs()
                    assert await accepted(worker.broker) == 1
                    await soon(lambda: worker.losses, BACK)
                    await hears_all(worker)
                    assert len(await worker.broker.spoken([0])) == 2
                    losses = worker.losses
                await soon(lambda: worker.losses > losses, BACK)
                await hears_all(worker)

    @asynchronous
    async def test_who_was_not_told_of_it_finds_the_channel_all_the_same(
        self, cluster, monkeypatch
    ):
        monkeypatch.setattr(topology, "LIFETIME", 60.0)
        async with worker_at(cluster.url) as worker:
            await worker.broker.subscriptions.subscribe([neighbour(cluster, CHANNELS[0])])
            with moving(cluster, CHANNELS[0]) as move:
                await asyncio.to_thread(move.some)
                await asyncio.to_thread(move.the_rest)
                await worker.broker.subscriptions.subscribe(CHANNELS)
                assert worker.losses == 0
                await hears_all(worker)
            await hears_all(worker)


def neighbour(cluster, key):
    """A channel in another slot of the same node."""
    channels = map(keys.user_channel, map(str, count()))
    return next(it for it in channels if cluster.master_of(it) is cluster.master_of(key))


class moving:  # noqa: N801 - reads as what it does
    """The slot of this key, from its master to the next; back again in the end."""

    def __init__(self, cluster, key):
        self._slot = slot_of(key)
        self._masters = cluster.masters()
        self._source = cluster.master_of(key)
        number = self._masters.index(self._source)
        self._target = self._masters[(number + 1) % len(self._masters)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._source, self._target = self._target, self._source
        self.some()
        self.the_rest()

    def some(self):
        _cluster(self._target, "IMPORTING", self._slot, _name(self._source))
        _cluster(self._source, "MIGRATING", self._slot, _name(self._target))
        self._migrate(self._keys()[:1])

    def the_rest(self):
        self._migrate(self._keys())
        for node in [self._target, self._source, *self._masters]:
            _cluster(node, "NODE", self._slot, _name(self._target))

    def _keys(self) -> list[str]:
        return self._source.client().execute_command("CLUSTER GETKEYSINSLOT", self._slot, 100)

    def _migrate(self, names: Iterable[str]) -> None:
        for name in names:
            self._source.client().migrate("127.0.0.1", self._target.address, name, 0, 5000)


def _cluster(node, word, slot, name):
    node.client().execute_command("CLUSTER SETSLOT", slot, word, name)


def _name(node):
    return node.client().execute_command("CLUSTER MYID")
