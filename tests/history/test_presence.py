"""Who is here, in the cards of direct threads: as far as both show it."""

import logging
import time

import pytest

from privatemessages import actions, history, wiring
from privatemessages.broker import presence
from privatemessages.history.presence import presences
from privatemessages.protocol import Presence
from tests.messenger import write

SEEN_AT = 1_700_000_000_000  # ms since 1970
HERE = Presence(here=True)
AWAY = Presence(here=False, seen_at=SEEN_AT)


@pytest.fixture
def be(redis_server):
    """These people are here, at one worker; those were."""
    wiring.broker.cache_clear()

    def tell(here, away=(), worker="worker"):
        now = int(time.time() * 1000)
        fields = {presence.of_person(str(person.pk)): [str(person.pk)] for person in here}
        moments = {str(person.pk): SEEN_AT for person in away}
        told = presence.tell(worker, fields, now, 30_000, afresh=True)
        with redis_server.client() as store:
            for command in [*told, *presence.note_seen(moments, SEEN_AT)]:
                store.execute_command(*command)

    return tell


def seen_by(person, thread):
    return history.thread(person, thread.id).presence


def test_a_card_says_whether_the_other_one_is_here_and_when_they_were(be, alice, bob, thread):
    assert seen_by(alice, thread) == Presence(here=False)
    be([bob], [alice])
    assert seen_by(alice, thread) == HERE
    assert seen_by(bob, thread) == AWAY
    write(bob, thread, "Hello")
    (card,) = history.inbox(alice).threads
    assert card.presence == HERE


def test_whoever_is_at_any_worker_is_here(be, alice, bob, thread):
    be([bob], worker="one")
    be([], [bob], worker="two")
    assert seen_by(alice, thread) == HERE
    be([], worker="one")
    assert seen_by(alice, thread) == AWAY


def test_of_groups_and_rooms_and_of_nobody_nothing_is_said(be, alice, bob, group, room, thread):
    be([bob])
    assert seen_by(alice, group) is seen_by(alice, room) is None
    bob.delete()
    assert seen_by(alice, thread) is None


@pytest.mark.parametrize("hides", [0, 1], ids=["me", "the other one"])
def test_where_one_of_them_hides_it_nobody_sees_the_other(be, alice, bob, thread, hides):
    be([bob], [alice])
    actions.set_preferences([alice, bob][hides], shows_presence=False)
    assert seen_by(alice, thread) is seen_by(bob, thread) is None
    actions.set_preferences([alice, bob][hides], shows_presence=True)
    assert seen_by(alice, thread) == HERE


@pytest.mark.parametrize("hides", [0, 1], ids=["me", "the other one"])
def test_where_one_of_them_hides_when_they_were_here_neither_sees_that(
    be, alice, bob, thread, hides
):
    be([bob], [alice])
    actions.set_preferences([alice, bob][hides], shows_last_seen=False)
    assert seen_by(alice, thread) == HERE
    assert seen_by(bob, thread) == Presence(here=False)


def test_typing_has_nothing_to_do_with_it(be, alice, bob, thread):
    be([bob])
    actions.set_preferences(bob, shows_typing=False)
    assert seen_by(alice, thread) == HERE


def test_a_page_of_cards_asks_redis_once(be, alice, many_threads, monkeypatch):
    others = [member.user for thread in many_threads for member in thread.members.all()]
    be([other for other in others if other != alice])
    history.inbox(alice)  # now the workers are known
    calls, call = [], wiring.broker()._call
    monkeypatch.setattr(
        wiring.broker(), "_call", lambda wanted: calls.append(wanted) or call(wanted)
    )
    cards = history.inbox(alice).threads
    assert len(cards) == 25
    assert all(card.presence == HERE for card in cards)
    assert len(calls) == 1


def test_without_redis_nothing_is_known_and_that_is_said_once(
    be, alice, bob, many_threads, redis_server, caplog
):
    be([bob])
    redis_server.stop()
    with caplog.at_level(logging.WARNING):
        cards = history.inbox(alice).threads
    assert [card.presence for card in cards] == [None] * 25
    assert len([line for line in caplog.records if "Nobody knows" in line.message]) == 1


def test_one_asks_for_direct_threads_of_ones_own_alone(
    be, alice, bob, carol, dave, thread, group, room
):
    foreign, _ = actions.start_direct_thread(carol, dave)
    empty, _ = actions.start_direct_thread(alice, carol)
    be([alice, bob, carol, dave])
    asked = [thread.id, empty.id, foreign.id, group.id, room.id, 0, 2**63, 10**18]
    assert presences(alice, asked) == {thread.id: HERE, empty.id: HERE}
    actions.set_preferences(carol, shows_presence=False)
    assert presences(alice, asked) == {thread.id: HERE}
    assert presences(carol, asked) == {}
    assert presences(alice, []) == {}


def test_asking_costs_two_queries(be, alice, many_threads, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(presences(alice, [thread.id for thread in many_threads])) == 25


def test_who_is_there_in_a_group_is_told_without_those_who_hide_it(
    redis_server, alice, bob, carol, group
):
    wiring.broker.cache_clear()
    there = {group.id: [str(person.pk) for person in (alice, bob, carol)]}
    with redis_server.client() as store:
        for command in presence.tell("worker", there, int(time.time() * 1000), 30_000, afresh=True):
            store.execute_command(*command)
    actions.set_preferences(carol, shows_presence=False)
    found = history.present(alice, group.id)
    assert (found.count, [person.name for person in found.people]) == (2, ["alice", "bob"])
    assert history.present(carol, group.id).model_dump() == {"count": None, "people": []}
