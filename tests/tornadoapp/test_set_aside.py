"""What was set aside goes the rest of its road while a worker runs."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from privatemessages import protocol, wiring
from privatemessages.broker import keys
from privatemessages.models import Message, Thread
from privatemessages.times import milliseconds
from tests.messenger import write
from tests.services import eventually
from tests.tornadoapp.conftest import PARTITIONS, all_stored, stored_texts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def set_aside(redis_server, thread, alice):
    """Lays a message of Alice's where what only fails is laid."""

    def lay(text, message_id=None):
        frame = protocol.MessageFrame(
            thread=thread.id,
            sender=protocol.Sender(id=str(alice.pk), name="Alice"),
            id=message_id or str(uuid4()),
            text=text,
            sent_at=milliseconds(timezone.now()),
        )
        fields = {"thread": thread.id, "frame": protocol.encode(frame), "reason": "status 500"}
        with redis_server.client() as client:
            client.xadd(keys.dead(thread.id % PARTITIONS), fields)

    return lay


def nothing_is_left():
    state = wiring.broker().outbox_state()
    return (state.waiting, state.dead) == (0, 0)


def test_it_is_stored_behind_what_was_stored_since(worker, alice, thread, set_aside):
    set_aside("first")
    write(alice, thread, "since")

    call_command("outbox", "retry", "--all")

    assert all_stored(thread, 2)
    assert stored_texts(thread) == ["since", "first"]
    assert eventually(nothing_is_left)


def test_what_was_stored_since_is_not_doubled(worker, alice, thread, set_aside):
    message = write(alice, thread, "once")[0]
    set_aside("once", str(message.uuid))

    call_command("outbox", "retry", "--all")

    assert eventually(nothing_is_left)
    assert Message.objects.get(thread=thread) == message
    assert Thread.objects.get(pk=thread.pk).version == 1
    assert worker.metric("saved_total", status="duplicate") == 1
