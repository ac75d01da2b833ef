from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model

from privatemessages import actions, history
from privatemessages.errors import Malformed, NoSuchPerson, NotFound
from privatemessages.history import CHANGES_LIMIT, Place, Standing
from privatemessages.models import Member, Message, Thread
from privatemessages.roles import Role
from privatemessages.times import milliseconds
from tests.messenger import entry, make_person, write

BIGGER_THAN_ANY = 2**70


@pytest.fixture
def long_thread(alice, bob, thread):
    """120 messages, numbered in their texts, by Alice and Bob in turns."""
    writers = [alice, bob] * 60
    actions.save_batch([entry(thread, person, f"{n}") for n, person in enumerate(writers, 1)])
    return thread


@pytest.fixture
def many_threads(alice, thread):
    """Alice with 25 others, each with two messages, the last one first."""
    names = [f"person{n:02}" for n in range(24)]
    others = [make_person(name) for name in names]
    threads = [thread] + [actions.start_direct_thread(alice, other)[0] for other in others]
    for one in threads:
        write(alice, one, "first", "second")
    return threads[::-1]


def texts(page):
    return [message.text for message in page.messages]


def numbers(*bounds):
    return [str(number) for number in range(*bounds)]


# Places


def stands(version, read):
    """The place of one of the two in an open direct thread."""
    standing = Standing("direct", Role.MEMBER, may_post=True)
    return Place(version, read, floor=0, since=None, member_count=2, standing=standing)


def test_heads_are_where_each_thread_stands_for_the_person(alice, bob, carol, thread):
    write(alice, thread, "one", "two")
    actions.mark_read(bob, thread.id, 1)
    other, _ = actions.start_direct_thread(bob, carol)

    assert history.heads(bob.pk) == {
        thread.id: stands(2, 1),
        other.id: stands(0, 0),
    }
    assert history.heads(alice.pk) == {thread.id: stands(2, 0)}
    assert history.place(bob.pk, thread.id) == stands(2, 1)


def test_nobody_has_a_place_where_they_do_not_belong(alice, bob, carol, thread):
    assert history.heads(carol.pk) == {}
    for thread_id in (thread.id, thread.id + 1000, BIGGER_THAN_ANY):
        assert history.place(carol.pk, thread_id) is None


def test_who_left_has_no_place_any_more(alice, bob, thread):
    Member.objects.filter(user=bob).update(left_at=thread.created_at)

    assert history.heads(bob.pk) == {}
    assert history.place(bob.pk, thread.id) is None


def test_one_may_not_post_to_somebody_inactive_or_gone(alice, bob, thread):
    bob.is_active = False
    bob.save()
    assert history.place(alice.pk, thread.id).standing.may_post is False
    assert history.place(bob.pk, thread.id).standing.may_post is True

    bob.delete()
    assert history.heads(alice.pk)[thread.id].standing.may_post is False


def test_heads_are_one_query_however_many_threads(alice, many_threads, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(history.heads(alice.pk)) == 25
    with django_assert_num_queries(1):
        history.place(alice.pk, many_threads[0].id)


# The inbox


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


def test_the_inbox_takes_two_queries_however_many_threads(
    alice, bob, many_threads, django_assert_num_queries
):
    for person, count in [(alice, 25), (bob, 1)]:
        with django_assert_num_queries(2):  # the cards, and the people in them
            assert len(history.inbox(person).threads) == count
    with django_assert_num_queries(2):
        history.thread(alice, many_threads[0].id)


# Pages


def test_a_page_is_the_newest_messages_in_order(alice, long_thread):
    page = history.messages(alice, long_thread.id)

    assert texts(page) == numbers(71, 121)
    assert page.version == 120


@pytest.mark.parametrize(
    ("cursors", "expected"),
    [
        ({"before": 71}, numbers(61, 71)),
        ({"before": 5}, numbers(1, 5)),
        ({"before": 1}, []),
        ({"after": 71}, numbers(72, 82)),
        ({"after": 118}, numbers(119, 121)),
        ({"after": 120}, []),
        ({"after": 0}, numbers(1, 11)),
        ({"around": 60}, numbers(56, 66)),
        ({"around": 1}, numbers(1, 7)),
        ({"around": 120}, numbers(111, 121)),
        ({"before": 2**63 - 1}, numbers(111, 121)),
    ],
)
def test_pages_are_cut_by_number(alice, long_thread, cursors, expected):
    assert texts(history.messages(alice, long_thread.id, limit=10, **cursors)) == expected


@pytest.mark.parametrize(
    "cursors",
    [{"before": -1}, {"after": 2**63}, {"around": BIGGER_THAN_ANY}, {"before": 5, "after": 1}],
)
def test_a_page_without_a_place_is_refused(alice, thread, cursors):
    with pytest.raises(Malformed):
        history.messages(alice, thread.id, **cursors)


def test_a_message_is_shaped_as_on_the_wire(bob, alice, thread):
    write(alice, thread, "one")
    actions.send_message(bob, thread.id, "two", reply_to=1)
    row = Message.objects.get(seq=2)

    assert history.messages(alice, thread.id).messages[1].model_dump() == {
        "thread": thread.id,
        "sender": {"id": str(bob.pk), "name": "bob"},
        "id": str(row.uuid),
        "kind": "text",
        "text": "two",
        "event": None,
        "sent_at": milliseconds(row.sent_at),
        "reply_to": 1,
        "seq": 2,
        "version": 2,
    }
    assert UUID(str(row.uuid))


def test_what_is_stored_while_a_page_is_read_is_not_on_it(alice, bob, thread, monkeypatch):
    """It is told with the version after the page's: a client must not take it for held already."""
    write(alice, thread, "one")
    look = history.pages.place

    def look_and_be_overtaken(*args):
        found = look(*args)
        write(bob, thread, "meanwhile")
        return found

    monkeypatch.setattr(history.pages, "place", look_and_be_overtaken)
    page = history.messages(alice, thread.id)
    assert (texts(page), page.version) == (["one"], 1)

    changed = history.changes(alice, thread.id, 1)
    assert (texts(changed), changed.version, changed.complete) == (["meanwhile"], 2, True)


def test_a_thread_of_others_has_no_history(carol, alice, thread):
    write(alice, thread, "private")
    for thread_id in (thread.id, thread.id + 1000, BIGGER_THAN_ANY):
        for read in (history.messages, history.thread):
            with pytest.raises(NotFound):
                read(carol, thread_id)
        with pytest.raises(NotFound):
            history.changes(carol, thread_id, 0)


def test_a_page_takes_two_queries_and_around_three(alice, long_thread, django_assert_num_queries):
    for limit in (10, 100):
        with django_assert_num_queries(2):
            history.messages(alice, long_thread.id, limit=limit)
        with django_assert_num_queries(3):
            history.messages(alice, long_thread.id, around=60, limit=limit)


# Changes


def test_changes_are_all_that_is_newer(alice, long_thread):
    found = history.changes(alice, long_thread.id, 117)

    assert texts(found) == numbers(118, 121)
    assert (found.version, found.complete) == (120, True)


def test_a_message_that_changed_is_among_them_in_the_order_of_versions(alice, long_thread):
    Message.objects.filter(thread=long_thread, seq=3).update(version=121)
    Thread.objects.update(version=121)

    assert texts(history.changes(alice, long_thread.id, 119)) == ["120", "3"]


def test_nothing_new_is_complete(alice, long_thread):
    found = history.changes(alice, long_thread.id, 120)

    assert (found.messages, found.version, found.complete) == ([], 120, True)


@pytest.mark.parametrize("since", [121, 2**63, BIGGER_THAN_ANY])
def test_who_is_ahead_of_the_thread_loads_it_afresh(alice, long_thread, since):
    found = history.changes(alice, long_thread.id, since)

    assert (found.messages, found.version, found.complete) == ([], 120, False)


def test_who_is_too_far_behind_loads_it_afresh(alice, thread):
    for _ in range(2):
        actions.save_batch([entry(thread, alice) for _ in range(CHANGES_LIMIT // 2)])
    assert history.changes(alice, thread.id, 0).complete is True

    write(alice, thread, "one too many")
    found = history.changes(alice, thread.id, 0)
    assert found.complete is False
    assert len(found.messages) == CHANGES_LIMIT


def test_a_version_below_zero_is_refused(alice, thread):
    with pytest.raises(Malformed):
        history.changes(alice, thread.id, -1)


def test_changes_take_two_queries(alice, long_thread, django_assert_num_queries):
    for since in (0, 119):
        with django_assert_num_queries(2):
            history.changes(alice, long_thread.id, since)


# People


def names(found):
    return [person.name for person in found]


def test_people_are_found_by_the_beginning_of_their_name(alice, bob):
    for name in ("Bobby", "bO", "kabob"):
        make_person(name)

    assert names(history.people(alice, " BO ")) == ["bob", "Bobby", "bO"]
    assert names(history.people(bob, "bob")) == ["Bobby"]
    assert history.people(alice, "bob")[0].id == str(bob.pk)


def test_nobody_inactive_is_found(alice, bob):
    get_user_model().objects.filter(pk=bob.pk).update(is_active=False)

    assert history.people(alice, "bob") == []


def test_addresses_are_neither_searched_nor_shown(alice):
    make_person("dave@example.com")
    make_person("erin", first_name="Something")
    get_user_model().objects.filter(username="erin").update(email="something@example.com")

    assert history.people(alice, "dave") == []
    assert history.people(alice, "something") == []


def test_patterns_are_letters(alice, bob):
    for query in ("%%", "b%", "__", "b_b"):
        assert history.people(alice, query) == []


@pytest.mark.parametrize("query", ["", "b", " b ", "\x00\x00", "b\x00b", "\ud800\ud800", "b" * 151])
def test_less_than_two_letters_are_refused(alice, query):
    with pytest.raises(Malformed):
        history.people(alice, query)


def test_at_most_twenty_people_are_found_in_one_query(alice, django_assert_num_queries):
    for n in range(25):
        make_person(f"zoe{n}")

    with django_assert_num_queries(1):
        assert len(history.people(alice, "zoe")) == 20


def test_a_person_is_named_exactly(alice, bob):
    assert history.person_named("bob") == bob
    assert history.person_with_id(str(bob.pk)) == bob


def test_a_person_is_named_in_other_letters_too_where_nobody_else_can_be_meant(bob):
    for name in ("Bob", "BOB"):
        assert history.person_named(name) == bob

    other = make_person("Bob")
    assert history.person_named("Bob") == other
    assert history.person_named("bob") == bob
    with pytest.raises(NoSuchPerson):
        history.person_named("BOB")


def test_somebody_inactive_is_not_taken_for_another_in_other_letters(bob):
    other = make_person("Bob")
    get_user_model().objects.filter(pk=bob.pk).update(is_active=False)

    with pytest.raises(NoSuchPerson):
        history.person_named("bob")
    assert history.person_named("BOB") == other


@pytest.mark.parametrize("name", ["", "bo", "nobody", "bob\x00", "\ud800", "b%", "bob@example.com"])
def test_nobody_is_named_by_less(bob, name):
    with pytest.raises(NoSuchPerson):
        history.person_named(name)


@pytest.mark.parametrize("user_id", ["", "0", "-1", "bob", "1.0", " 1", "9" * 40, "\x00"])
def test_nobody_has_an_id_that_is_none(bob, user_id):
    with pytest.raises(NoSuchPerson):
        history.person_with_id(user_id)


def test_somebody_inactive_is_answered_like_nobody(bob):
    get_user_model().objects.update(is_active=False)

    for find in (lambda: history.person_named("bob"), lambda: history.person_with_id(str(bob.pk))):
        with pytest.raises(NoSuchPerson) as refusal:
            find()
        assert refusal.value.code == "not_found"


def test_the_age_of_a_thread_is_not_its_place(alice, bob, carol, thread):
    """The inbox is by the last message, not by the thread's beginning."""
    newer, _ = actions.start_direct_thread(alice, carol)
    assert [card.id for card in history.inbox(alice).threads] == [newer.id, thread.id]

    Thread.objects.filter(pk=newer.pk).update(last_message_at=newer.created_at - timedelta(days=1))
    assert [card.id for card in history.inbox(alice).threads] == [thread.id, newer.id]
