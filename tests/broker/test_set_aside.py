"""What was set aside is put back or dropped on a real Redis, while others write there."""

import asyncio
from contextlib import closing

import pytest

from privatemessages.broker import blocking, commands, keys, set_aside
from privatemessages.broker.entries import identity_of
from privatemessages.broker.set_aside import Retried
from privatemessages.errors import Unavailable
from tests.broker.conftest import settings_for, spoken, worker_at
from tests.broker.running import asynchronous
from tests.broker.test_scripts import (  # noqa: F401 - fixtures
    EPOCH,
    PARTITION,
    PARTITIONS,
    accept,
    full,
    held,
    outbox,
    run,
)
from tests.services import eventually


@pytest.fixture
def broker(redis_server):
    broker = blocking.Broker(settings_for(redis_server.url))
    assert settings_for(redis_server.url).PARTITIONS == PARTITIONS
    yield broker
    broker.close()


@pytest.fixture
def given_up(run, broker):  # noqa: F811 - the fixture
    """These messages, accepted and set aside; as the broker lists them."""

    def give_up(*messages):
        for entry in held(run, *messages):
            assert run(commands.set_aside(PARTITION, entry, "status 500")) == 1
        return broker.set_asides.first(100)

    return give_up


def test_it_is_put_back_as_it_was_behind_what_came_since(run, store, broker, given_up):  # noqa: F811
    message, later = spoken(text="first"), spoken(text="later")
    [found] = given_up(message)
    held(run, later)

    assert broker.set_asides.retry(found) is Retried.BACK

    entries = outbox(run)
    assert [entry.message for entry in entries] == [later, message]
    assert store.hget(keys.outbox_ids(PARTITION), identity_of(message)) == entries[1].id
    assert broker.set_asides.first(100) == []
    assert run(accept(message)) == 0


def test_what_its_sender_sent_again_is_not_doubled(run, broker, given_up):  # noqa: F811
    message = spoken()
    [found] = given_up(message)
    again = held(run, message)

    assert broker.set_asides.retry(found) is Retried.THERE

    assert outbox(run) == again
    assert broker.set_asides.first(100) == []


def test_what_is_gone_stays_gone(run, broker, given_up):  # noqa: F811
    [found] = given_up(spoken())
    assert broker.set_asides.drop(found)

    assert broker.set_asides.retry(found) is Retried.GONE
    assert not broker.set_asides.drop(found)
    assert outbox(run) == []


def test_one_that_cannot_be_read_is_put_back_and_dropped_too(run, store, broker):  # noqa: F811
    for _ in range(2):
        fields = {"thread": 42, "frame": "{not a frame", "reason": "an entry cannot be read"}
        store.xadd(keys.dead(PARTITION), fields)
    first, second = broker.set_asides.first(100)

    assert broker.set_asides.retry(first) is Retried.BACK
    assert broker.set_asides.drop(second)

    assert [entry.frame for entry in outbox(run)] == [b"{not a frame"]
    assert not store.exists(keys.outbox_ids(PARTITION))
    assert broker.set_asides.first(100) == []


def test_what_nobody_of_ours_put_there_is_dropped_too(store, broker):
    store.xadd(keys.dead(PARTITION), {"strange": "thing"})
    [found] = broker.set_asides.first(100)

    assert (found.entry.thread_id, found.entry.named) == (0, None)
    assert broker.set_asides.drop(found)


def test_a_full_redis_changes_nothing(run, broker, given_up, full):  # noqa: F811
    [found] = given_up(spoken())
    full()

    with pytest.raises(Unavailable):
        broker.set_asides.retry(found)

    assert outbox(run) == []
    assert broker.set_asides.first(100) == [found]


def test_one_is_found_by_its_name_and_no_other(broker, given_up):
    first, second = given_up(spoken(), spoken())

    assert broker.set_asides.named(second.name) == second
    assert broker.set_asides.drop(first)
    assert broker.set_asides.named(first.name) is None


@pytest.mark.parametrize("name", ["", "7", f"{PARTITIONS}:1-1", "1:x", "-1:1-1", "1:1-1\n", "1:-"])
def test_what_is_no_name_is_said_to_be_none(broker, name):
    with pytest.raises(ValueError, match="not the name of an entry"):
        broker.set_asides.named(name)


def test_all_of_them_are_gone_through_however_many_there_are(broker, given_up, monkeypatch):
    monkeypatch.setattr(set_aside, "PAGE", 3)
    found = given_up(*[spoken(text=str(number)) for number in range(7)])

    assert list(broker.set_asides.all()) == found
    assert len(found) == 7


class TestOutboxes:
    def test_each_says_what_it_holds_and_who_saves_it(self, run, broker, given_up):  # noqa: F811
        given_up(spoken())
        entries = held(run, spoken(), spoken())
        run(commands.lease(PARTITION, "me", 1000))

        states = {state.partition: state for state in broker.outboxes.states()}

        mine = states.pop(PARTITION)
        assert (mine.waiting, mine.set_aside, mine.holder) == (2, 1, "me")
        assert mine.oldest == entries[0].accepted_at
        assert {(it.waiting, it.oldest, it.set_aside, it.holder) for it in states.values()} == {
            (0, None, 0, None)
        }
        assert len(states) == PARTITIONS - 1

    def test_one_message_is_withdrawn_and_no_other(self, run, store, broker):  # noqa: F811
        mine, other = spoken(), spoken()
        held(run, mine, other)
        assert broker.outboxes.holds(mine.thread, identity_of(mine))

        assert broker.outboxes.withdraw(mine.thread, [identity_of(mine)]) == 1

        assert not broker.outboxes.holds(mine.thread, identity_of(mine))
        assert broker.outboxes.withdraw(mine.thread, [identity_of(mine)]) == 0
        assert [entry.message for entry in outbox(run)] == [other]
        assert list(store.hgetall(keys.outbox_ids(PARTITION))) == [identity_of(other)]

    def test_a_redis_that_can_be_written_shows_no_trace_of_it(self, store, broker):
        broker.outboxes.try_writing()

        every = range(PARTITIONS)
        assert eventually(lambda: not any(store.exists(keys.trial(number)) for number in every))

    def test_one_that_cannot_be_written_is_noticed(self, store, broker, full):  # noqa: F811
        full()
        with pytest.raises(Unavailable, match="OutOfMemory"):
            broker.outboxes.try_writing()

    def test_the_number_that_workers_agreed_on_is_told(self, store, broker):
        assert broker.outboxes.noted_partitions() is None
        store.set(keys.PARTITIONS, 7)
        assert broker.outboxes.noted_partitions() == 7


@asynchronous
async def test_it_is_the_same_wherever_redis_is(anywhere):
    threads = range(8)  # two in each partition
    async with worker_at(anywhere.url) as worker:
        with closing(blocking.Broker(settings_for(anywhere.url))) as django:
            await asyncio.gather(*[worker.broker.accept(spoken(thread=it)) for it in threads])
            for entries in await worker.broker.read_outboxes(range(PARTITIONS), 10):
                for entry in entries:
                    await worker.broker.set_aside(entry, "poison")

            found = await asyncio.to_thread(lambda: list(django.set_asides.all()))
            assert sorted(each.entry.thread_id for each in found) == [*threads]
            for each in found[::2]:
                assert await asyncio.to_thread(django.set_asides.retry, each) is Retried.BACK
                assert await asyncio.to_thread(django.set_asides.named, each.name) is None
            for each in found[1::2]:
                assert await asyncio.to_thread(django.set_asides.drop, each)
            assert await worker.broker.waiting() == len(threads) / 2

            await asyncio.to_thread(django.outboxes.try_writing)
            for each in found[::2]:
                thread, identity = each.entry.thread_id, each.entry.identity
                assert await asyncio.to_thread(django.outboxes.holds, thread, identity)
                assert await asyncio.to_thread(django.outboxes.withdraw, thread, [identity]) == 1
            assert await worker.broker.waiting() == 0
