from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from privatemessages import actions, history
from privatemessages.errors import NoSuchPerson, ToSelf
from privatemessages.models import Member, Thread


def test_a_pair_has_one_thread_whoever_begins(alice, bob):
    first, made = actions.start_direct_thread(alice, bob)
    second, made_again = actions.start_direct_thread(bob, alice)

    assert (made, made_again) == (True, False)
    assert first == second
    assert {member.user_id for member in first.members.all()} == {alice.pk, bob.pk}


def test_different_pairs_have_different_threads(alice, bob, carol):
    threads = {
        actions.start_direct_thread(*pair)[0]
        for pair in [(alice, bob), (alice, carol), (bob, carol)]
    }

    assert len(threads) == 3


def test_nobody_writes_to_themselves(alice):
    with pytest.raises(ToSelf):
        actions.start_direct_thread(alice, alice)

    assert not Thread.objects.exists()


def test_nobody_begins_with_somebody_inactive(alice, bob):
    bob.is_active = False
    bob.save()

    with pytest.raises(NoSuchPerson):
        actions.start_direct_thread(alice, bob)

    assert not Thread.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_both_are_told_of_a_new_thread_and_nobody_of_an_old_one(alice, bob, told):
    thread, _ = actions.start_direct_thread(alice, bob)

    joined = {"type": "joined", "thread": thread.id, "head": {"version": 0, "read": 0}}
    expected = [(f"pm:user:{person.pk}", joined) for person in (alice, bob)]
    assert sorted(told.frames(2)) == sorted(expected)

    actions.start_direct_thread(bob, alice)
    assert told.frames() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_write_first_at_the_same_moment_share_one_thread(alice, bob):
    barrier = Barrier(2)

    def begin(person, other):
        try:
            barrier.wait(5)
            return actions.start_direct_thread(person, other)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            Thread.objects.all().delete()
            pairs = [(alice, bob), (bob, alice)]
            results = [future.result() for future in [pool.submit(begin, *pair) for pair in pairs]]

            assert results[0][0] == results[1][0]
            assert sorted(made for _, made in results) == [False, True]
            assert Member.objects.count() == 2


def test_the_one_who_comes_second_into_the_same_moment_finds_the_thread(alice, bob, monkeypatch):
    """As above, without luck: the first look finds nothing, and the insertion finds the other's."""
    thread, _ = actions.start_direct_thread(alice, bob)
    monkeypatch.setattr(Thread.objects, "filter", lambda **_: Thread.objects.none())

    assert actions.start_direct_thread(bob, alice) == (thread, False)


def test_a_new_thread_is_there_for_both(alice, bob, thread):
    for person, other in [(alice, "bob"), (bob, "alice")]:
        assert history.thread(person, thread.id).title == other
