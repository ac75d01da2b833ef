from itertools import product
from uuid import UUID

import pytest

from privatemessages import actions, history
from privatemessages.errors import Malformed, NotFound
from privatemessages.history import CHANGES_LIMIT
from privatemessages.models import Message, Thread
from privatemessages.times import milliseconds
from tests.messenger import entry, write

BIGGER_THAN_ANY = 2**70


def texts(page):
    return [message.text for message in page.messages]


def numbers(*bounds):
    return [str(number) for number in range(*bounds)]


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


# The ends


@pytest.fixture
def cleared(alice, carol, group):
    """Eight entries of Carol's, behind others that are nobody's any more."""
    write(alice, group, "one", "two", "three")
    actions.clear_history(alice, group.id)
    write(carol, group, *numbers(7))
    return group


@pytest.mark.parametrize("cursor", ["before", "after", "around"])
def test_a_page_says_whether_it_is_at_an_end(carol, cleared, cursor):
    seqs = [message.seq for message in history.messages(carol, cleared.id, limit=100).messages]
    assert seqs[0] > 1

    for place, limit in product(range(seqs[-1] + 3), (1, 2, 3, 7, 8, 9)):
        page = history.messages(carol, cleared.id, limit=limit, **{cursor: place})
        ends = ends_of([message.seq for message in page.messages], seqs, cursor, place)
        assert (page.is_oldest, page.is_newest) == ends, (place, limit)


def ends_of(found, seqs, cursor, place):
    """An empty page ends where its cursor is."""
    first = found[0] if found else place + (cursor == "after")
    last = found[-1] if found else place - (cursor == "before")
    return min(seqs) >= first, max(seqs) <= last


def test_the_newest_page_is_at_the_end(carol, cleared):
    for limit, is_oldest in [(7, False), (8, True), (9, True)]:
        page = history.messages(carol, cleared.id, limit=limit)
        assert (page.is_oldest, page.is_newest) == (is_oldest, True)


def test_an_empty_history_is_at_both_ends(alice, thread):
    for cursor in ({}, {"before": 1}, {"after": 0}, {"around": 1}):
        page = history.messages(alice, thread.id, **cursor)
        assert (page.messages, page.is_oldest, page.is_newest) == ([], True, True)


def test_a_page_takes_two_queries_and_around_three(alice, long_thread, django_assert_num_queries):
    for limit in (10, 100):
        for cursor in ({}, {"before": 60}, {"after": 60}):
            with django_assert_num_queries(2):
                history.messages(alice, long_thread.id, limit=limit, **cursor)
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
