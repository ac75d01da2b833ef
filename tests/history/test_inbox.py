from datetime import timedelta

import pytest

from privatemessages import actions, history
from privatemessages.errors import Malformed
from privatemessages.models import Thread
from tests.messenger import entry, write

BIGGER_THAN_ANY = 2**70


def test_a_card_says_what_a_thread_is_to_the_person(alice, bob, thread):
    write(alice, thread, "one", "two")
    last = write(bob, thread, "three")[0]
    actions.mark_read(alice, thread.id, 1)

    (card,) = history.inbox(alice).threads
    assert card == history.thread(alice, thread.id)
    assert (card.id, card.kind, card.title) == (thread.id, "direct", "bob")
    assert [person.name for person in card.people] == ["alice", "bob"]
    assert (card.version, card.read, card.unread) == (3, 1, 1)
    assert (card.total, card.sent, card.received) == (3, 2, 1)
    assert card.last_message == history.message_shape(last)
    assert card.may_post is True


def test_a_thread_without_messages_stands_where_it_was_made(alice, bob, carol, thread):
    write(alice, thread, "one")
    new, _ = actions.start_direct_thread(alice, carol)

    cards = history.inbox(alice).threads
    assert [card.id for card in cards] == [new.id, thread.id]
    assert (cards[0].last_message, cards[0].unread, cards[0].total) == (None, 0, 0)


def test_unread_is_what_others_wrote_after_the_mark_up_to_a_limit(alice, bob, long_thread):
    assert history.thread(alice, long_thread.id).unread == 60
    actions.mark_read(alice, long_thread.id, 117)
    assert history.thread(alice, long_thread.id).unread == 2

    actions.save_batch([entry(long_thread, bob) for _ in range(150)])
    assert history.thread(alice, long_thread.id).unread == 100


def test_what_a_deleted_person_wrote_is_unread_too(alice, bob, thread):
    write(bob, thread, "farewell")
    bob.delete()

    card = history.thread(alice, thread.id)
    assert (card.unread, card.title) == (1, "A deleted person")
    assert card.last_message.sender is None


def test_the_inbox_is_paged_from_the_newest_on(alice, many_threads):
    seen, cursor = [], None
    for _ in range(5):
        page = history.inbox(alice, limit=6, before=cursor)
        seen += [card.id for card in page.threads]
        cursor = page.next

    assert cursor is None
    assert seen == [thread.id for thread in many_threads]


def test_threads_of_the_same_moment_are_paged_without_loss(alice, many_threads):
    Thread.objects.update(last_message_at=many_threads[0].created_at)

    first = history.inbox(alice, limit=10)
    second = history.inbox(alice, limit=100, before=first.next)
    ids = [card.id for card in first.threads + second.threads]
    assert ids == sorted((thread.id for thread in many_threads), reverse=True)


@pytest.mark.parametrize(
    "cursor", ["none", "1", "-", "1-", "1--1", "1-1-1", "٣-٣", "1-1\n", "9" * 30 + "-1", "1-\x00"]
)
def test_a_cursor_that_is_none_is_refused(alice, cursor):
    with pytest.raises(Malformed):
        history.inbox(alice, before=cursor)


@pytest.mark.parametrize("limit", [0, -1, 101, BIGGER_THAN_ANY])
def test_a_limit_out_of_range_is_refused(alice, thread, limit):
    with pytest.raises(Malformed):
        history.inbox(alice, limit=limit)
    with pytest.raises(Malformed):
        history.messages(alice, thread.id, limit=limit)


def test_the_inbox_takes_three_queries_however_many_threads(
    alice, bob, many_threads, django_assert_num_queries
):
    for person, count in [(alice, 25), (bob, 1)]:
        with django_assert_num_queries(3):  # the cards, the people in them, and what those show
            assert len(history.inbox(person).threads) == count
    with django_assert_num_queries(3):
        history.thread(alice, many_threads[0].id)


def test_the_age_of_a_thread_is_not_its_place(alice, bob, carol, thread):
    """The inbox is by the last message, not by the thread's beginning."""
    newer, _ = actions.start_direct_thread(alice, carol)
    assert [card.id for card in history.inbox(alice).threads] == [newer.id, thread.id]

    Thread.objects.filter(pk=newer.pk).update(last_message_at=newer.created_at - timedelta(days=1))
    assert [card.id for card in history.inbox(alice).threads] == [thread.id, newer.id]
