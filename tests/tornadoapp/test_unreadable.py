"""An entry that this version cannot read holds up its own thread, and never ends a worker."""

import json
from uuid import uuid4

import pytest

from privatemessages import actions, wiring
from privatemessages.broker import keys
from privatemessages.tornadoapp import outbox
from tests.services import eventually
from tests.tornadoapp.conftest import PARTITIONS, stored_texts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "BACKOFF", 0.01)
    monkeypatch.setattr(outbox, "BACKOFF_LIMIT", 0.05)


def put(store, thread, sender):
    """As a worker of a newer version would; the id of the message."""
    frame = {"type": "message", "thread": thread.id, "id": str(uuid4()), "kind": "of tomorrow"}
    frame |= {"sender": {"id": str(sender.pk), "name": "Alice"}, "text": "x", "sent_at": 1}
    entry = {"thread": thread.id, "frame": json.dumps(frame)}
    partition = thread.id % PARTITIONS
    entry_id = store.xadd(keys.outbox(partition), entry)
    identity = f"{thread.id}:{sender.pk}:{frame['id']}"
    store.hset(keys.outbox_ids(partition), identity, entry_id)
    store.publish(keys.wake_channel(partition), "")


@pytest.mark.parametrize("behind", [True, False])
def test_it_is_set_aside_with_its_note_and_the_rest_is_stored(
    start, enter, alice, bob, carol, thread, redis_server, behind
):
    worker = start(SEND_RATE=1000, SEND_BURST=1000, FRAME_RATE=1000, FRAME_BURST=1000)
    elsewhere, _ = actions.start_direct_thread(bob, carol)
    spoken = thread if behind else elsewhere
    mine = enter(worker, bob)
    with redis_server.client() as store:
        put(store, thread, alice)

        def is_set_aside():
            mine.until("accepted", id=mine.say(spoken.id, "hello"))
            return wiring.broker().outbox_state().dead == 1

        assert eventually(is_set_aside)
        assert eventually(lambda: wiring.broker().outbox_state().waiting == 0)
        assert not store.keys("pm:*:ids")
    assert set(stored_texts(spoken)) == {"hello"}
    [found] = wiring.broker().set_asides.first(10)
    assert json.loads(found.entry.frame)["kind"] == "of tomorrow"
    assert found.reason == "an entry cannot be read"
    worker.forgive()
