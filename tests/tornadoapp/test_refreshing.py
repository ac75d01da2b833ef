"""What changes while sockets are open: sessions, rights, and what a loss may have hidden."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from privatemessages import actions, protocol, wiring
from privatemessages.models import Member
from tests.messenger import write
from tests.tornadoapp.client import Closed
from tests.tornadoapp.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 1.0  # seconds in which a session's end has to reach its sockets


@pytest.fixture
def browser(alice):
    """Alice's, signed in."""
    return signed_in(alice)


@pytest.fixture
def tab(worker, connect, browser):
    """Alice's socket of this browser."""
    socket = connect(worker, cookie=browser.session.session_key)
    socket.hello()
    return socket


@pytest.fixture
def elsewhere(worker, enter, alice):
    """Alice's socket of another session."""
    return enter(worker, alice)


class TestTheEndOfASession:
    def test_signing_out_closes_its_sockets_and_no_others(
        self, worker, connect, tab, elsewhere, browser, enter, bob, thread
    ):
        plain = connect(worker, path=f"/{thread.id}/", cookie=browser.session.session_key)
        other = enter(worker, bob)
        response = browser.post(reverse("logout"))
        assert response.status_code in (200, 302)
        began = time.monotonic()
        assert tab.closed(WITHIN) == plain.closed(WITHIN) == 4501
        assert time.monotonic() - began < WITHIN
        assert elsewhere.pong()
        assert other.pong()

    def test_a_new_password_closes_all_but_who_changed_it(
        self, worker, tab, elsewhere, alice, enter, bob
    ):
        other = enter(worker, bob)
        alice.set_password("another one")
        alice.save()
        assert tab.receive(WITHIN) == elsewhere.receive(WITHIN) == Closed(4501)
        assert enter(worker, alice).pong()
        assert other.pong()

    def test_a_person_who_is_deactivated_is_closed(self, tab, elsewhere, alice):
        alice.is_active = False
        alice.save(update_fields=["is_active"])
        assert tab.receive(WITHIN) == elsewhere.receive(WITHIN) == Closed(4501)

    def test_a_person_who_is_deleted_is_closed(self, tab, elsewhere, alice):
        alice.delete()
        assert tab.receive(WITHIN) == elsewhere.receive(WITHIN) == Closed(4501)

    def test_a_closed_socket_hears_nothing_more_although_it_does_not_answer(
        self, worker, thread, tab, browser, bob
    ):
        browser.logout()
        write(bob, thread, "a secret")
        assert tab.receive(WITHIN) == Closed(4501)
        write(bob, thread, "another")
        assert tab.waiting() == []
        # Nor is anything that it says heard.
        tab.say(thread.id, "from the dead")
        time.sleep(0.2)
        assert thread.messages.filter(text="from the dead").count() == 0

    def test_changes_that_are_none_of_ours_close_nothing(self, tab, alice, browser):
        alice.first_name = "Alice"
        alice.save()
        browser.get("/")
        assert tab.pong()


class TestRecheck:
    def test_it_covers_a_session_that_was_deleted_without_a_word(
        self, settings, start, connect, enter, browser, alice
    ):
        settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
        worker = start(RECHECK=1)
        ended, stays = enter(worker, alice), enter(worker, alice)
        sessions = sorted(
            connection.session for connection in worker.call(lambda it: list(it.hub.connections()))
        )
        Session.objects.filter(session_key=sessions[0]).delete()
        codes = [socket.waiting(2.5) for socket in (ended, stays)]
        assert sorted(map(str, codes)) == sorted(map(str, [[], [Closed(4501)]]))

    def test_it_finds_a_thread_that_was_lost_without_a_word(self, start, enter, alice, bob, thread):
        worker = start(RECHECK=1)
        socket = enter(worker, alice)
        Member.objects.get(user=alice, thread=thread).delete()
        assert socket.until("removed")["thread"] == thread.id
        typing = protocol.TypingFrame(thread=thread.id, user=str(bob.pk), name="Bob")
        wiring.broker().tell_thread(thread.id, typing)
        assert socket.waiting() == []

    def test_it_goes_on_while_the_database_is_away(self, start, enter, alice, monkeypatch):
        worker = start(RECHECK=1)
        socket = enter(worker, alice)
        arrive = worker.worker.identity._arrive
        asked = []

        def broken(session_key):
            asked.append(session_key)
            raise OSError("away")

        worker.worker.identity._arrive = broken
        assert worker.eventually(lambda _: len(asked) >= 2)
        worker.worker.identity._arrive = arrive
        Member.objects.all().delete()
        assert socket.pong()
        worker.forgive()


class TestMany:
    def test_many_who_are_read_again_at_once_all_are(self, worker, enter, alice, bob, carol):
        sockets = [enter(worker, person) for person in (alice, bob, carol) for _ in range(3)]
        for _ in range(5):
            worker.call(lambda it: it.refresher.request_all())
        for socket in sockets:
            socket.until("heads")
            assert socket.pong()


class TestLoss:
    def test_heads_are_told_and_rights_are_read_again(
        self, worker, enter, alice, bob, carol, thread, redis_server, monkeypatch
    ):
        socket, other = enter(worker, alice), enter(worker, bob)
        write(bob, thread, "one")
        other.until("message")
        with redis_server.client() as client:
            # What is told now reaches nobody.
            monkeypatch.setattr("privatemessages.actions.telling._publish", lambda _: None)
            write(bob, thread, "two")
            made, _ = actions.start_direct_thread(alice, carol)
            monkeypatch.undo()
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

        heads = socket.until("heads")
        assert heads["threads"][str(thread.id)] == {"version": 2, "read": 0}
        assert str(made.id) in heads["threads"]
        assert other.until("heads")["threads"] == {str(thread.id): {"version": 2, "read": 0}}
        assert worker.metric("pubsub_losses_total") == 1
        # And the new thread is followed from now on.
        write(carol, made, "hello")
        socket.until("message", thread=made.id)

    def test_a_session_that_ended_in_the_gap_is_closed(
        self, worker, tab, elsewhere, browser, redis_server, monkeypatch
    ):
        monkeypatch.setattr("privatemessages.actions.telling._publish", lambda _: None)
        browser.logout()
        with redis_server.client() as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        assert tab.closed() == 4501
        assert elsewhere.until("heads")
