from datetime import timedelta

import pytest

from privatemessages import actions, history
from privatemessages.errors import Malformed
from privatemessages.models import Thread
from tests.messenger import entry, make_person, write

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
    new = actions.make_group(alice, "New", [carol])

    cards = history.inbox(alice).threads
    assert [card.id for card in cards] == [new.id, thread.id]
    assert (cards[0].last_message, cards[0].unread, cards[0].total) == (None, 0, 0)


def test_a_pair_that_never_wrote_is_in_nobodys_inbox_and_can_be_opened(alice, bob, thread):
    actions.mark_unread(alice, thread.id)
    for person, other in [(alice, "bob"), (bob, "alice")]:
        assert history.inbox(person).threads == []
        assert history.inbox(person, query=other, unread=True).threads == []
        assert history.thread(person, thread.id).title == other
        assert history.opening(person, thread.id).messages == []

    write(alice, thread, "one")
    for person in (alice, bob):
        assert [card.id for card in history.inbox(person).threads] == [thread.id]


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
    write(alice, thread, "one")
    newer, _ = actions.start_direct_thread(alice, carol)
    write(alice, newer, "one")
    assert [card.id for card in history.inbox(alice).threads] == [newer.id, thread.id]

    Thread.objects.filter(pk=newer.pk).update(last_message_at=newer.created_at - timedelta(days=1))
    assert [card.id for card in history.inbox(alice).threads] == [thread.id, newer.id]


# Those of a name


def titles(person, **wanted):
    return sorted(card.title for card in history.inbox(person, **wanted).threads)


@pytest.fixture
def company(alice, bob, carol, thread):
    """Alice's threads with Bob and Carol, a group and a room."""
    for other in (thread, actions.start_direct_thread(alice, carol)[0]):
        write(alice, other, "hello")
    actions.make_group(alice, "Kabobs, Carefully Made", [bob, carol])
    actions.make_room(alice, "Car Boot_Sale 100%")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bo", ["Car Boot_Sale 100%", "Kabobs, Carefully Made", "bob"]),
        ("CAR", ["Car Boot_Sale 100%", "Kabobs, Carefully Made", "carol"]),
        (" bob ", ["Kabobs, Carefully Made", "bob"]),
        ("arol", []),
        ("alice", []),
        ("t_s", ["Car Boot_Sale 100%"]),
        ("0%", ["Car Boot_Sale 100%"]),
        ("%", ["Car Boot_Sale 100%"]),
        (".", []),
        ("example.com", []),
        ("bob@example.com", []),
        ("x" * 150, []),
        (" ", ["Car Boot_Sale 100%", "Kabobs, Carefully Made", "bob", "carol"]),
    ],
)
def test_threads_are_found_by_a_part_of_the_title_or_the_beginning_of_a_name(
    alice, company, query, found
):
    assert titles(alice, query=query) == found


def test_people_are_found_by_every_word_of_the_name_that_is_shown(alice, company, settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {
        "PERSON_NAME": "tests.history.test_members.first_name"
    }
    erin = make_person("e1", first_name="Erin О’Грэй", last_name="Hidden")
    write(alice, actions.start_direct_thread(alice, erin)[0], "hello")

    for query in ("erin", "ERIN о’г", "о’грэй", "e1"):
        assert titles(alice, query=query) == ["Erin О’Грэй"]
    for query in ("rin", "hidden", "e1@"):
        assert titles(alice, query=query) == []


def test_nobody_is_found_by_an_address(alice):
    dave = make_person("dave@example.com", first_name="Davy")
    write(alice, actions.start_direct_thread(alice, dave)[0], "hello")

    assert titles(alice, query="dave") == []
    assert titles(alice, query="davy") == ["Davy"]


def test_what_is_found_is_paged_like_all(alice, many_threads):
    first = history.inbox(alice, query="person", limit=20)
    second = history.inbox(alice, query="person", limit=20, before=first.next)

    found = [card.title for card in first.threads + second.threads]
    assert found == [f"person{n:02}" for n in range(23, -1, -1)]
    assert second.next is None


@pytest.mark.parametrize("query", ["x" * 151, "a\x00b", "\ud800"])
def test_what_nothing_can_be_called_is_refused(alice, query):
    with pytest.raises(Malformed):
        history.inbox(alice, query=query)


def test_a_search_takes_one_query_more(alice, many_threads, django_assert_max_num_queries):
    with django_assert_max_num_queries(10) as listed:
        assert len(history.inbox(alice).threads) == 25
    with django_assert_max_num_queries(len(listed) + 1):
        assert len(history.inbox(alice, query="person").threads) == 24


# Those to be read


def test_those_to_be_read_are_unread_or_marked(alice, bob, carol, dave, thread, group, room):
    write(bob, thread, "unread")
    marked, _ = actions.start_direct_thread(alice, carol)
    write(alice, marked, "mine")
    assert titles(alice, unread=True) == ["bob"]

    actions.mark_unread(alice, marked.id)
    actions.set_topic(alice, room.id, "which is no message")
    write(carol, group, "unread")
    assert titles(alice, unread=True) == ["Friends", "bob", "carol"]
    assert titles(alice, unread=True, query="b") == ["bob"]

    for card in history.inbox(alice, unread=True).threads:
        actions.mark_read(alice, card.id, card.version)
    assert titles(alice, unread=True) == []
    assert titles(bob, unread=True) == ["Friends"]


def test_what_was_before_one_came_is_not_to_be_read(alice, bob, dave, group, clock):
    spoken = entry(group, bob, "late")
    clock.move(seconds=60)
    actions.add_member(alice, group.id, dave)
    actions.save_batch([spoken])
    assert history.place(dave.pk, group.id).version > history.place(dave.pk, group.id).read

    assert titles(dave, unread=True) == []


def test_those_to_be_read_take_no_query_more(alice, many_threads, django_assert_max_num_queries):
    actions.mark_unread(alice, many_threads[0].id)
    with django_assert_max_num_queries(10) as listed:
        assert len(history.inbox(alice).threads) == 25
    with django_assert_max_num_queries(len(listed)):
        assert len(history.inbox(alice, unread=True).threads) == 1
