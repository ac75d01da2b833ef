"""The scripts on a real Redis: what each leaves behind, also where Redis is full."""

import re
import time

import pytest
import redis

from privatemessages import protocol
from privatemessages.broker import commands, keys
from privatemessages.broker.entries import Entry, identity_of
from tests.broker.conftest import spoken
from tests.services import ROOT

PARTITIONS = 4
THREAD = 42
PARTITION = keys.partition_of(THREAD, PARTITIONS)
EPOCH = "this one"
LEASE = 300  # ms
OLDEST_REDIS = (6, 2)
OLDEST_CLUSTER = (7, 0)


@pytest.fixture
def run(store):
    """Runs one of our commands; bytes come back as they are."""
    store.set(keys.epoch(PARTITION), EPOCH)
    with redis.Redis.from_url(store_url(store)) as client:
        yield lambda command: client.execute_command(*command)


def store_url(client):
    address = client.connection_pool.connection_kwargs
    return f"redis://{address['host']}:{address['port']}/0"


@pytest.fixture
def full(store):
    """Makes Redis refuse every write that needs memory."""
    yield lambda: store.config_set("maxmemory", 1)
    store.config_set("maxmemory", 0)


def accept(message, epoch=EPOCH):
    frame = protocol.encode(message)
    identity = identity_of(message)
    return commands.accept(PARTITIONS, message.thread, identity, frame, epoch, "PUBLISH")


def outbox(run):
    return [Entry.of(raw) for raw in run(commands.read_outbox(PARTITION, 1000))]


def held(run, *messages):
    """These messages, accepted; their entries."""
    for message in messages or [spoken()]:
        assert run(accept(message)) == 1
    return outbox(run)


class TestAccept:
    def test_a_message_is_noted_appended_and_told(self, run, store, published):
        message = spoken()

        assert run(accept(message)) == 1

        [entry] = outbox(run)
        assert entry.message == message
        assert entry.thread_id == THREAD
        assert store.hgetall(keys.outbox_ids(PARTITION)) == {identity_of(message): entry.id}
        assert published()[0] == (
            keys.thread_channel(THREAD, PARTITIONS),
            protocol.encode(message).decode(),
        )

    def test_the_same_message_again_changes_and_tells_nothing(self, run, published):
        message = spoken()
        run(accept(message))
        assert published()

        assert run(accept(message)) == 0

        assert len(outbox(run)) == 1
        assert published() == []

    def test_the_same_id_of_another_person_or_thread_is_another_message(self, run):
        mine = spoken()
        theirs = spoken(sender="8", message_id=mine.id)
        elsewhere = spoken(thread=THREAD + PARTITIONS, message_id=mine.id)

        assert [run(accept(message)) for message in (mine, theirs, elsewhere)] == [1, 1, 1]

    def test_the_holder_is_woken_only_when_the_outbox_was_empty(self, run, published):
        wake = (keys.wake_channel(PARTITION), "")

        held(run, spoken())
        assert wake in published()
        entries = held(run, spoken())
        assert wake not in published()
        run(commands.acknowledge(PARTITION, entries))
        held(run, spoken())
        assert wake in published()

    def test_what_is_read_is_in_the_order_of_accepting(self, run):
        messages = [spoken(text=str(number)) for number in range(5)]

        assert [entry.message for entry in held(run, *messages)] == messages
        newest = [Entry.of(raw) for raw in run(commands.read_newest(PARTITION, 2))]
        assert [entry.message.text for entry in newest] == ["4", "3"]

    @pytest.mark.parametrize("known", ["", "an older one"])
    def test_a_redis_that_has_forgotten_the_epoch_accepts_nothing(
        self, run, store, published, known
    ):
        assert run(accept(spoken(), known)) == -1
        store.flushall()
        assert run(accept(spoken())) == -1

        assert store.keys() == []
        assert published() == []

    def test_an_epoch_that_is_there_is_kept(self, run):
        assert run(commands.join_epoch(PARTITION, "", "another")) == EPOCH.encode()
        assert run(commands.join_epoch(PARTITION, "one before", "another")) == EPOCH.encode()

        assert run(accept(spoken())) == 1

    def test_the_epoch_that_is_to_be_left_is_over(self, run):
        assert run(commands.join_epoch(PARTITION, EPOCH, "another")) == b"another"

        assert run(accept(spoken())) == -1
        assert run(accept(spoken(), "another")) == 1

    def test_where_there_is_none_one_begins(self, run, store):
        store.flushall()

        assert run(commands.join_epoch(PARTITION, "", "another")) == b"another"
        assert run(commands.join_epoch(PARTITION, "", "a third")) == b"another"


class TestLease:
    def test_it_is_taken_renewed_and_refused_to_others(self, run, store):
        assert run(commands.lease(PARTITION, "me", LEASE)) == 1
        assert run(commands.lease(PARTITION, "you", LEASE)) == 0
        time.sleep(0.1)
        before = store.pttl(keys.outbox_lease(PARTITION))
        assert run(commands.lease(PARTITION, "me", LEASE)) == 1
        assert store.pttl(keys.outbox_lease(PARTITION)) > before
        assert store.get(keys.outbox_lease(PARTITION)) == "me"

    def test_it_expires_after_a_death(self, run):
        run(commands.lease(PARTITION, "me", 50))
        assert run(commands.lease(PARTITION, "you", LEASE)) == 0
        time.sleep(0.08)
        assert run(commands.lease(PARTITION, "you", LEASE)) == 1

    def test_only_its_holder_gives_it_up(self, run):
        run(commands.lease(PARTITION, "me", LEASE))

        assert run(commands.release(PARTITION, "you")) == 0
        assert run(commands.lease(PARTITION, "you", LEASE)) == 0
        assert run(commands.release(PARTITION, "me")) == 1
        assert run(commands.lease(PARTITION, "you", LEASE)) == 1


class TestAcknowledge:
    def test_answered_entries_go_with_their_notes_and_no_others(self, run, store):
        first, second, third = held(run, spoken(), spoken(), spoken())

        assert run(commands.acknowledge(PARTITION, [first, third])) == 2

        assert outbox(run) == [second]
        assert store.hgetall(keys.outbox_ids(PARTITION)) == {second.identity: second.id}

    def test_a_late_answer_does_not_take_the_note_of_a_newer_entry(self, run, store):
        message = spoken()
        [old] = held(run, message)
        run(commands.acknowledge(PARTITION, [old]))
        [new] = held(run, message)
        assert new.id != old.id

        assert run(commands.acknowledge(PARTITION, [old])) == 0

        assert outbox(run) == [new]
        assert store.hget(keys.outbox_ids(PARTITION), new.identity) == new.id


class TestSetAside:
    def test_an_entry_is_moved_with_its_reason_and_may_come_again(self, run, store):
        message = spoken()
        [entry] = held(run, message)

        assert run(commands.set_aside(PARTITION, entry, "status 500")) == 1

        assert outbox(run) == []
        assert not store.exists(keys.outbox_ids(PARTITION))
        [(_, fields)] = store.xrange(keys.dead(PARTITION))
        assert fields["reason"] == "status 500"
        assert fields["frame"] == entry.frame.decode()
        assert run(accept(message)) == 1

    def test_what_is_gone_is_not_set_aside(self, run, store):
        [entry] = held(run)
        run(commands.acknowledge(PARTITION, [entry]))

        assert run(commands.set_aside(PARTITION, entry, "late")) == 0
        assert not store.exists(keys.dead(PARTITION))

    def test_a_late_one_does_not_take_the_note_of_a_newer_entry(self, run, store):
        message = spoken()
        [old] = held(run, message)
        run(commands.acknowledge(PARTITION, [old]))
        [new] = held(run, message)

        run(commands.set_aside(PARTITION, old, "late"))

        assert store.hget(keys.outbox_ids(PARTITION), new.identity) == new.id

    def test_the_oldest_are_forgotten_when_there_are_too_many(self, run, store, monkeypatch):
        monkeypatch.setattr(commands, "DEAD_LIMIT", 100)
        for entry in held(run, *[spoken(text=str(number)) for number in range(400)]):
            run(commands.set_aside(PARTITION, entry, "poison"))

        kept = store.xrange(keys.dead(PARTITION))
        # "~" lets Redis keep a whole node more.
        assert 100 <= len(kept) <= 200
        assert '"399"' in kept[-1][1]["frame"]


class TestFullRedis:
    def test_nothing_is_accepted_and_nothing_has_changed(self, run, store, full, published):
        held(run)
        before = (store.xlen(keys.outbox(PARTITION)), store.hgetall(keys.outbox_ids(PARTITION)))
        published()
        full()

        with pytest.raises(redis.exceptions.ResponseError, match="command not allowed"):
            run(accept(spoken()))

        assert published() == []
        assert before == (
            store.xlen(keys.outbox(PARTITION)),
            store.hgetall(keys.outbox_ids(PARTITION)),
        )

    def test_what_was_accepted_before_is_still_answered_so(self, run, full):
        message = spoken()
        held(run, message)
        full()

        assert run(accept(message)) == 0

    def test_the_outbox_drains(self, run, full):
        first, second = held(run, spoken(), spoken())
        full()

        assert run(commands.lease(PARTITION, "me", LEASE)) == 1
        assert run(commands.lease(PARTITION, "me", LEASE)) == 1
        assert run(commands.acknowledge(PARTITION, [first])) == 1
        assert run(commands.set_aside(PARTITION, second, "poison")) == 1
        assert run(commands.release(PARTITION, "me")) == 1
        assert outbox(run) == []


def test_every_command_is_known_to_the_oldest_redis_that_we_name(store):
    folder = ROOT / "privatemessages" / "broker"
    paths = [*folder.glob("*.py"), *folder.glob("scripts/*.lua")]
    sources = "".join(path.read_text() for path in paths)
    called = set(re.findall(r"redis\.call\('(\w+)'", sources))
    named = set(re.findall(r"\(\"([A-Z]+)\",", sources))
    asked = (called | named) - {"SENTINEL"}  # no server knows it, but those who watch over it
    documented = store.execute_command("COMMAND DOCS", *asked)

    assert {"XADD", "HEXISTS"} <= called
    assert {"CLUSTER", "XRANGE", "SUBSCRIBE", "SSUBSCRIBE"} <= named
    assert len(documented) == len(asked)
    for name, about in documented.items():
        oldest = OLDEST_CLUSTER if name.startswith("ss") else OLDEST_REDIS
        assert tuple(map(int, about["since"].split(".")))[:2] <= oldest, name
