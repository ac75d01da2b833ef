from datetime import timedelta

import pytest
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.actions import ReadMark
from privatemessages.actions.ledger import Ledger
from privatemessages.errors import NotFound
from privatemessages.times import milliseconds
from tests.messenger import place_of, write


def is_marked(person, thread):
    return history.thread(person, thread.id).marked_unread


def mark_of_a_worker(person, thread, seq, **fields):
    return ReadMark(thread=thread.id, user=str(person.pk), seq=seq, **fields)


@pytest.fixture
def marked(alice, bob, thread):
    """Alice has read both messages, and wants to be reminded of them."""
    write(bob, thread, "one", "two")
    actions.mark_read(alice, thread.id, 2)
    actions.mark_unread(alice, thread.id)
    return thread


def place_frame(thread, *, marked_unread=False, silent=False):
    return {
        "type": "place",
        "thread": thread.id,
        "marked_unread": marked_unread,
        "silent": silent,
    }


# To be reminded


def test_a_thread_is_marked_unread_for_oneself_alone(alice, bob, marked):
    card = history.thread(alice, marked.id)

    assert (card.marked_unread, card.unread, card.read) == (True, 0, 2)
    assert not is_marked(bob, marked)


@pytest.mark.parametrize("by_a_worker", [False, True])
@pytest.mark.parametrize(("seq", "stays"), [(1, True), (2, False), (99, False)])
def test_reading_there_again_answers_it(alice, marked, by_a_worker, seq, stays):
    if by_a_worker:
        actions.save_batch([], [mark_of_a_worker(alice, marked, seq)])
    else:
        assert actions.mark_read(alice, marked.id, seq) == 2

    assert is_marked(alice, marked) is stays


@pytest.mark.parametrize("by_a_worker", [False, True])
def test_reading_on_answers_it(alice, bob, marked, by_a_worker):
    write(bob, marked, "three")
    if by_a_worker:
        actions.save_batch([], [mark_of_a_worker(alice, marked, 3)])
    else:
        actions.mark_read(alice, marked.id, 3)

    assert (is_marked(alice, marked), place_of(alice, marked).read_seq) == (False, 3)


@pytest.mark.parametrize("seq", [2, 3])
def test_what_was_read_before_and_comes_late_does_not_answer_it(alice, bob, marked, seq):
    """A worker gathers marks for a while, in which somebody may mark the thread."""
    write(bob, marked, "three")
    earlier = milliseconds(timezone.now() - timedelta(seconds=2))

    actions.save_batch([], [mark_of_a_worker(alice, marked, seq, at=earlier)])
    assert (is_marked(alice, marked), place_of(alice, marked).read_seq) == (True, seq)


def test_what_a_worker_read_in_the_future_was_read_now(alice, marked):
    actions.save_batch([], [mark_of_a_worker(alice, marked, 2, at=2**63 - 1)])
    assert not is_marked(alice, marked)


def test_who_asks_again_is_reminded_whatever_was_read_between(alice, marked, clock):
    clock.move(seconds=5)
    between = milliseconds(timezone.now())
    clock.move(seconds=5)
    actions.mark_unread(alice, marked.id)

    actions.save_batch([], [mark_of_a_worker(alice, marked, 2, at=between)])
    assert is_marked(alice, marked)


def test_who_asks_again_while_a_batch_is_saved_is_reminded(alice, marked, monkeypatch, clock):
    write_down = Ledger.write

    def overtaken(ledger):
        clock.move(seconds=1)
        actions.mark_unread(alice, marked.id)
        return write_down(ledger)

    monkeypatch.setattr(Ledger, "write", overtaken)
    actions.save_batch([], [mark_of_a_worker(alice, marked, 2)])
    assert is_marked(alice, marked)


def test_an_empty_thread_can_be_marked_and_read(alice, thread):
    actions.mark_unread(alice, thread.id)
    assert is_marked(alice, thread)

    actions.mark_read(alice, thread.id, 0)
    assert not is_marked(alice, thread)


def test_who_comes_back_is_not_reminded_of_what_was(carol, room):
    actions.mark_unread(carol, room.id)
    actions.leave(carol, room.id)
    actions.enter_room(carol, room.id)

    assert not is_marked(carol, room)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_a_worker", [False, True])
def test_what_changes_is_told_to_ones_own_tabs(alice, bob, thread, told, by_a_worker):
    write(bob, thread, "one")
    told.frames(1)
    for _ in range(2):
        actions.mark_unread(alice, thread.id)
    own = f"pm:user:{alice.pk}"
    assert told.frames(1) == [(own, place_frame(thread, marked_unread=True))]

    for _ in range(2):
        if by_a_worker:
            actions.save_batch([], [mark_of_a_worker(alice, thread, 1)])
        else:
            actions.mark_read(alice, thread.id, 1)
    frames = told.frames(2)
    assert (own, place_frame(thread)) in frames
    assert [frame["type"] for _, frame in frames] == ["read", "place"]


# To hear no bell


@pytest.mark.django_db(transaction=True)
def test_a_thread_is_silenced_and_told_where_that_changes_something(alice, bob, thread, told):
    frames = []
    for act in (actions.silence, actions.silence, actions.unsilence, actions.unsilence):
        act(alice, thread.id)
        frames.append([frame for _, frame in told.frames()])
    assert frames == [[place_frame(thread, silent=True)], [], [place_frame(thread)], []]


def test_silence_is_ones_own_and_outlasts_reading(alice, bob, thread):
    actions.silence(alice, thread.id)
    write(bob, thread, "one")
    actions.mark_read(alice, thread.id, 1)

    assert history.thread(alice, thread.id).silent is True
    assert history.thread(bob, thread.id).silent is False


@pytest.mark.parametrize("act", [actions.mark_unread, actions.silence, actions.unsilence])
def test_what_is_not_mine_is_not_there(alice, carol, dave, thread, group, act):
    actions.leave(carol, group.id)
    for person, thread_id in [
        (dave, thread.id),
        (carol, group.id),
        (dave, thread.id + 1000),
        (dave, 2**70),
    ]:
        with pytest.raises(NotFound):
            act(person, thread_id)
