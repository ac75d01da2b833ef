import pytest

from privatemessages import actions, history
from privatemessages.errors import Malformed, NotFound
from tests.messenger import entry, fill, make_people, write


def seqs(page):
    return [message.seq for message in page.messages]


@pytest.fixture
def far_behind(alice, bob, thread):
    """Bob wrote a hundred messages, of which Alice has read thirty."""
    actions.save_batch([entry(thread, bob, f"{n}") for n in range(1, 101)])
    actions.mark_read(alice, thread.id, 30)
    return thread


def test_what_was_read_opens_at_the_newest(alice, bob, thread):
    actions.save_batch([entry(thread, bob, f"{n}") for n in range(1, 101)])
    actions.mark_read(alice, thread.id, 100)

    found = history.opening(alice, thread.id)
    page = history.messages(alice, thread.id)
    assert {**dict(found), **dict(page)} == dict(found)
    assert found.thread == history.thread(alice, thread.id)
    assert (found.first_unread, found.is_oldest, found.is_newest) == (None, False, True)


def test_it_opens_at_the_first_unread_message(alice, far_behind):
    found = history.opening(alice, far_behind.id)

    assert found.first_unread == 31
    assert seqs(found) == seqs(history.messages(alice, far_behind.id, around=31))
    assert (found.is_oldest, found.is_newest) == (False, False)
    assert (found.version, found.thread.unread) == (100, 70)


def test_what_is_unread_and_fits_is_on_the_newest_page(alice, far_behind):
    for read, first in [(50, 51), (51, 52), (98, 99)]:
        actions.mark_read(alice, far_behind.id, read)
        found = history.opening(alice, far_behind.id)
        assert (found.first_unread, seqs(found)) == (first, list(range(51, 101)))
        assert found.is_newest


def test_neither_ones_own_nor_what_happened_is_unread(alice, bob, group):
    write(alice, group, "mine")
    actions.rename(bob, group.id, "Foes")
    assert history.opening(alice, group.id).first_unread is None

    (message,) = write(bob, group, "theirs")
    assert history.opening(alice, group.id).first_unread == message.seq


def test_what_a_deleted_person_wrote_is_unread(alice, bob, group):
    (message,) = write(bob, group, "farewell")
    bob.delete()

    assert history.opening(alice, group.id).first_unread == message.seq


def test_what_is_late_from_before_one_came_is_not_unread(alice, bob, dave, group, clock):
    spoken = entry(group, bob, "late")
    clock.move(seconds=60)
    actions.add_member(alice, group.id, dave)
    actions.save_batch([spoken])

    found = history.opening(dave, group.id)
    assert (found.first_unread, found.thread.unread) == (None, 0)
    (message,) = write(bob, group, "in time")
    assert history.opening(dave, group.id).first_unread == message.seq


@pytest.mark.parametrize("at", [0, 1, 10, 60, 99, 100, 101, 2**63 - 1])
def test_it_opens_around_a_place_that_is_asked_for(alice, far_behind, at):
    found = history.opening(alice, far_behind.id, at=at)
    page = history.messages(alice, far_behind.id, around=at)

    assert {**dict(found), **dict(page)} == dict(found)
    assert len(found.messages) >= 25
    assert found.first_unread == 31


def test_a_place_that_is_gone_opens_at_what_is_left(alice, bob, group):
    write(bob, group, "one", "two")
    actions.clear_history(alice, group.id)
    (left,) = write(bob, group, "three")

    found = history.opening(alice, group.id, at=2)
    assert [message.text for message in found.messages][-1] == left.text
    assert (found.is_oldest, found.is_newest, found.cleared) == (True, True, left.seq - 2)


def test_an_empty_thread_opens(alice, thread):
    for at in (None, 7):
        found = history.opening(alice, thread.id, at=at)
        assert (found.messages, found.is_oldest, found.is_newest) == ([], True, True)


@pytest.mark.parametrize("at", [-1, 2**63, 2**70])
def test_a_place_that_is_none_is_refused(alice, thread, at):
    with pytest.raises(Malformed):
        history.opening(alice, thread.id, at=at)


def test_what_is_not_mine_does_not_open(carol, thread):
    for thread_id in (thread.id, thread.id + 1000, 2**70):
        with pytest.raises(NotFound):
            history.opening(carol, thread_id)


def test_what_is_stored_while_it_is_read_is_not_on_it(alice, bob, thread, monkeypatch):
    write(bob, thread, "one")
    look = history.opening.__globals__["row"]

    def look_and_be_overtaken(*args):
        found = look(*args)
        write(bob, thread, "meanwhile")
        return found

    monkeypatch.setitem(history.opening.__globals__, "row", look_and_be_overtaken)
    found = history.opening(alice, thread.id)
    assert (seqs(found), found.version, found.thread.version) == ([1], 1, 1)


def test_it_tells_how_far_the_others_have_read(alice, bob, carol, dave, group):
    write(alice, group, "one", "two")
    actions.add_member(alice, group.id, dave)
    actions.leave(dave, group.id)
    actions.mark_read(bob, group.id, 3)

    reads = history.opening(alice, group.id).reads
    carols = history.place(carol.pk, group.id).read
    assert [(read.user.name, read.seq) for read in reads] == [("bob", 3), ("carol", carols)]


def test_between_two_it_tells_of_the_other(alice, bob, thread):
    write(alice, thread, "one")
    actions.mark_read(bob, thread.id, 1)

    (read,) = history.opening(alice, thread.id).reads
    assert (read.user.id, read.seq) == (str(bob.pk), 1)


def test_in_rooms_and_large_groups_it_tells_of_nobody(alice, room, group):
    assert history.opening(alice, room.id).reads == []
    fill(group, make_people(47))
    assert len(history.opening(alice, group.id).reads) == 49
    fill(group, make_people(1))
    assert history.opening(alice, group.id).reads == []


def test_it_takes_few_queries(alice, bob, room, group, far_behind, django_assert_num_queries):
    def opens_in(count, thread, **place):
        with django_assert_num_queries(count):
            history.opening(alice, thread.id, **place)

    opens_in(4, group)  # the card, its people, the page, the others' marks
    fill(group, make_people(40))
    opens_in(4, group)
    opens_in(3, room)
    opens_in(8, far_behind)  # what both show; the first unread, and on either side of it
    opens_in(7, far_behind, at=60)
    actions.mark_read(alice, far_behind.id, 90)
    opens_in(6, far_behind)
    actions.mark_read(alice, far_behind.id, 100)
    opens_in(5, far_behind)
