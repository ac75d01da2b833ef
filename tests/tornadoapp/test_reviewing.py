"""A thread that changes: everybody who is here is read again, all of them at once."""

from datetime import timedelta

import pytest

from privatemessages import actions, history, protocol, wiring
from privatemessages.errors import Unavailable
from privatemessages.models import Thread
from privatemessages.tornadoapp import memberships, reviewing
from tests.messenger import fill, make_people

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 1.0  # seconds in which a change has to reach open sockets


@pytest.fixture
def asked(monkeypatch):
    """How many people each query was about."""
    places, found = history.places, []

    def counted(thread_id, user_ids):
        found.append(len(user_ids))
        return places(thread_id, user_ids)

    monkeypatch.setattr(history, "places", counted)
    return found


def changed(thread):
    """The frame of a thread of which nothing has changed."""
    return protocol.ThreadFrame(
        thread=thread.id,
        version=thread.version,
        title=thread.title,
        slug=thread.slug,
        topic=thread.topic,
        public=thread.is_public,
        closed=False,
        cleared=0,
    )


def reviewed(worker, count):
    return worker.eventually(lambda _: worker.metric("reviews_total") == count)


def test_closing_and_reopening_reach_every_socket_over_two_workers(
    start, enter, alice, bob, carol, group
):
    workers = [start(), start(leased=False)]
    sockets = [enter(worker, person) for worker in workers for person in (bob, carol)]
    for act, may_post in ((actions.close_thread, False), (actions.reopen_thread, True)):
        act(alice, group.id)
        for socket in sockets:
            told = socket.until("thread", WITHIN, thread=group.id)
            assert told["closed"] is not may_post
            assert socket.until("rights", WITHIN, thread=group.id)["may_post"] is may_post
        for socket in sockets:
            answer = "accepted" if may_post else "error"
            assert socket.until(answer, id=socket.say(group.id)).get("code") == (
                None if may_post else "may_not_post"
            )


def test_deleting_sends_everybody_away_over_two_workers(
    start, connect, enter, alice, bob, carol, group
):
    workers = [start(), start(leased=False)]
    sockets = [enter(worker, person) for worker in workers for person in (alice, bob)]
    plain = connect(workers[1], carol, f"/{group.id}/")
    plain.send("here")
    plain.receive()
    actions.delete_thread(alice, group.id)
    assert plain.closed(WITHIN) == 4503
    for socket in sockets:
        assert socket.until("removed", WITHIN) == {"type": "removed", "thread": group.id}
        assert socket.until("error", id=socket.say(group.id))["code"] == "not_found"
    for worker in workers:
        assert worker.call(lambda it: not it.hub.listeners(group.id))


def test_many_are_read_in_one_query_and_only_those_who_are_here(
    worker, enter, alice, bob, carol, room, asked
):
    here = [alice, bob, carol, *make_people(9)]
    fill(room, here[3:])
    fill(room, make_people(20, "absent"))
    sockets = [enter(worker, person) for person in (*here, alice)]
    actions.close_thread(alice, room.id)
    for socket in sockets:
        socket.until("rights")
    assert asked == [len(here)]


def test_more_than_one_query_can_ask_for_are_read_in_several(
    worker, enter, alice, room, asked, monkeypatch
):
    monkeypatch.setattr(memberships, "REVIEWED_AT_ONCE", 2)
    people = make_people(5)
    fill(room, people)
    sockets = [enter(worker, person) for person in people]
    actions.close_thread(alice, room.id)
    for socket in sockets:
        assert socket.until("rights")["may_post"] is False
    assert sorted(asked) == [1, 2, 2]


def test_changes_of_one_thread_that_come_together_are_reviewed_once_and_others_too(
    worker, enter, alice, group, room, asked
):
    enter(worker, alice)
    wiring.broker().tell_thread(group.id, *[changed(group)] * 5)
    wiring.broker().tell_thread(room.id, changed(room))
    assert reviewed(worker, 2)
    wiring.broker().tell_thread(group.id, changed(group))
    assert reviewed(worker, 3)
    assert asked == [1, 1, 1]


def test_where_no_right_has_changed_nobody_is_told_any(worker, enter, alice, bob, group):
    socket = enter(worker, bob)
    actions.rename(alice, group.id, "Best friends")
    assert socket.until("thread")["title"] == "Best friends"
    assert reviewed(worker, 1)
    assert all(frame["type"] == "message" for frame in socket.waiting())


def test_a_thread_that_changed_before_its_frame_was_read_is_not_reviewed_for_nobody(
    worker, enter, alice, bob, group, asked
):
    enter(worker, alice).close()
    assert worker.eventually(lambda it: not list(it.hub.connections()))
    actions.close_thread(alice, group.id)
    assert reviewed(worker, 1)
    assert asked == []


def test_a_review_that_fails_is_repeated_until_it_works(
    worker, enter, alice, bob, group, monkeypatch
):
    monkeypatch.setattr(reviewing, "RETRY_PAUSE", 0.1)
    socket = enter(worker, bob)
    places, tried = worker.worker.identity.places, []

    async def failing(thread_id, user_ids):
        tried.append(thread_id)
        if len(tried) < 4:
            raise Unavailable
        return await places(thread_id, user_ids)

    worker.worker.identity.places = failing
    actions.close_thread(alice, group.id)
    assert socket.until("rights")["may_post"] is False
    assert tried == [group.id] * 4


class TestMeanwhile:
    """An event that comes while a review is reading is newer than what it reads."""

    @pytest.fixture
    def slow(self, slowed):
        """Whenever a review has read, and not used it yet."""
        return slowed("places", 0.5)

    def test_who_is_muted_stays_muted_and_is_asked_for_again_alone(
        self, worker, enter, alice, bob, carol, group, slow
    ):
        sockets = [enter(worker, person) for person in (bob, carol)]
        actions.close_thread(alice, group.id)
        assert worker.eventually(lambda _: slow)
        actions.reopen_thread(alice, group.id)
        actions.mute(alice, group.id, carol, lasting=timedelta(hours=1))
        assert reviewed(worker, 2)
        asked = [set(user_ids) for _, user_ids in slow[:2]]
        assert asked == [{str(bob.pk), str(carol.pk)}, {str(carol.pk)}]
        assert sockets[0].until("accepted", id=sockets[0].say(group.id))
        refused = sockets[1].until("error", id=sockets[1].say(group.id))
        assert refused["code"] == "may_not_post"

    def test_who_is_removed_does_not_come_back(self, worker, enter, alice, bob, carol, group, slow):
        socket = enter(worker, carol)
        actions.close_thread(alice, group.id)
        assert worker.eventually(lambda _: slow)
        actions.remove_member(alice, group.id, carol)
        socket.until("removed")
        assert reviewed(worker, 1)
        assert socket.until("error", id=socket.say(group.id))["code"] == "not_found"
        assert worker.call(lambda it: not it.hub.listeners(group.id))

    def test_an_older_look_at_the_person_does_not_undo_a_review(
        self, worker, enter, alice, bob, group, slowed
    ):
        socket = enter(worker, bob)
        looked = slowed("arrive", 1, times=1)
        worker.call(lambda it: it.refresher.request_all())
        assert worker.eventually(lambda _: looked)
        actions.close_thread(alice, group.id)
        assert socket.until("rights")["may_post"] is False
        socket.until("heads")
        assert len(looked) == 2
        assert not [frame for frame in socket.waiting() if frame["type"] == "rights"]
        assert Thread.objects.get(pk=group.pk).closed_at is not None
        assert socket.until("error", id=socket.say(group.id))["code"] == "may_not_post"
