from itertools import pairwise

import pytest

from tests.client.chance import chance
from tests.client.outbox import Outbox

FLOOR, CEILING = 10.0, 60.0  # s
THREAD, OTHER = 1, 2


@pytest.fixture
def outbox():
    made = Outbox(chance(1), floor=FLOOR, ceiling=CEILING)
    made.connected()
    return made


def texts(items):
    return [item.text for item in items]


def test_one_message_of_a_thread_is_on_its_way(outbox):
    first, _ = outbox.add(THREAD, "first"), outbox.add(THREAD, "second")
    outbox.add(OTHER, "elsewhere")
    assert texts(outbox.take_due(0)) == ["first", "elsewhere"]
    assert outbox.take_due(0) == []
    outbox.accepted(THREAD, first.id)
    assert texts(outbox.take_due(0)) == ["second"]


def test_accepted_is_not_stored(outbox):
    item = outbox.add(THREAD, "first")
    outbox.take_due(0)
    outbox.accepted(THREAD, item.id)
    assert len(outbox) == 1
    outbox.stored(THREAD, item.id)
    assert len(outbox) == 0


def test_what_is_not_stored_is_sent_again_after_a_pause_that_doubles(outbox):
    item = outbox.add(THREAD, "first")
    moments, now = [], 0.0
    while len(moments) < 5:
        if outbox.take_due(now):
            moments.append(now)
            outbox.accepted(THREAD, item.id)
        now += 0.5
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    for pause, floor in zip(pauses, (10, 20, 40, 60), strict=True):
        assert floor <= pause <= floor * 1.2 + 0.5


def test_a_new_connection_begins_with_the_oldest(outbox):
    items = [outbox.add(THREAD, text) for text in ("first", "second", "third")]
    for item in items[:2]:
        outbox.take_due(0)
        outbox.accepted(THREAD, item.id)
    outbox.disconnected()
    assert outbox.take_due(1) == []
    outbox.connected()
    sent = []
    while due := outbox.take_due(1):
        sent += due
        outbox.accepted(THREAD, due[0].id)
    assert sent == items


def test_a_refusal_for_the_moment_stops_everything_for_as_long_as_it_says(outbox):
    item = outbox.add(THREAD, "first")
    outbox.add(OTHER, "elsewhere")
    outbox.take_due(0)
    outbox.postponed(item.id, 3.0, now=0)
    outbox.add(THREAD, "second")
    assert outbox.take_due(2.9) == []
    assert texts(outbox.take_due(3.0)) == ["first"]


def test_ids_are_of_its_own_and_stay(outbox):
    item = outbox.add(THREAD, "first")
    outbox.take_due(0)
    outbox.disconnected()
    outbox.connected()
    assert [again.id for again in outbox.take_due(1)] == [item.id]
    assert outbox.add(THREAD, "second").id != item.id
    assert outbox.resends == 1
