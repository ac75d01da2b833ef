"""A socket's beginning: who is let in, what they are told first, and that nothing falls between."""

import asyncio
import time

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from privatemessages import actions, history
from tests.messenger import make_person, write
from tests.tornadoapp.client import Closed
from tests.tornadoapp.conftest import all_stored, sign_in, signed_in, stored_texts

pytestmark = pytest.mark.django_db(transaction=True)


def test_hello_says_who_where_and_how(worker, connect, alice, bob, thread):
    write(bob, thread, "one", "two")
    actions.mark_read(alice, thread.id, 1)
    socket = connect(worker, alice)

    assert socket.status == 101
    assert socket.hello() == {
        "type": "hello",
        "protocol": 1,
        "user": {"id": str(alice.pk), "name": "alice"},
        "heartbeat": 25,
        "limits": {"text": 10_000, "frame": 131_072},
        "threads": {str(thread.id): {"version": 2, "read": 1}},
    }
    assert socket.waiting() == []


@pytest.mark.parametrize("cookie", [None, "", "x" * 32, "short", "é", '"\\000"', "a" * 4000])
def test_without_a_session_a_socket_is_accepted_and_then_closed(worker, connect, thread, cookie):
    socket = connect(worker, cookie=cookie)
    assert socket.status == 101
    assert socket.receive() == Closed(4501)
    assert worker.metric("handshakes_refused_total", reason="not_signed_in") == 1


def test_a_session_that_ended_is_none(worker, connect, alice):
    client = signed_in(alice)
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    assert connect(worker, cookie=cookie).hello()
    client.logout()
    assert connect(worker, cookie=cookie).closed() == 4501


def test_an_expired_session_is_none(worker, connect, alice):
    client = signed_in(alice)
    session = client.session
    session.set_expiry(1)  # seconds
    session.save()
    connect(worker, cookie=session.session_key).hello()
    time.sleep(1.1)
    assert connect(worker, cookie=session.session_key).closed() == 4501


def test_a_session_of_an_inactive_person_is_none(worker, connect, alice):
    cookie = sign_in(alice)
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    assert connect(worker, cookie=cookie).closed() == 4501


def test_a_session_from_before_the_password_changed_is_none_and_is_left_as_it_is(
    worker, connect, alice
):
    client = signed_in(alice)
    cookie = client.session.session_key
    alice.set_password("another one")
    alice.save()
    assert connect(worker, cookie=cookie).closed() == 4501
    # Only Django's own middleware may flush it, with a response that tells the browser.
    assert client.session.exists(cookie)


@pytest.mark.parametrize(
    "engine",
    [
        "django.contrib.sessions.backends.db",
        "django.contrib.sessions.backends.cached_db",
        "django.contrib.sessions.backends.signed_cookies",
        "django.contrib.sessions.backends.cache",
    ],
)
def test_any_session_engine_does(settings, start, connect, alice, engine):
    settings.SESSION_ENGINE = engine
    worker = start()
    assert connect(worker, alice).hello()["user"]["name"] == "alice"
    assert connect(worker, cookie="x" * 32).closed() == 4501


def test_the_subprotocol_is_chosen_where_it_is_offered(worker, connect, alice):
    offer = {"Sec-WebSocket-Protocol": "other, privatemessages.v1"}
    chosen = connect(worker, alice, headers=offer)
    assert chosen.headers["sec-websocket-protocol"] == "privatemessages.v1"
    assert chosen.hello()
    plain = connect(worker, alice, headers={"Sec-WebSocket-Protocol": "other"})
    assert "sec-websocket-protocol" not in plain.headers
    assert plain.hello()


def test_nothing_is_compressed(worker, connect, alice):
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    socket = connect(worker, alice, headers=offer)
    assert "sec-websocket-extensions" not in socket.headers
    assert socket.hello()


def test_too_many_sockets_of_one_person(start, connect, alice, bob):
    worker = start(SOCKETS_PER_PERSON=2)
    first, second = connect(worker, alice), connect(worker, alice)
    first.hello()
    second.hello()
    assert connect(worker, alice).closed() == 4504
    assert connect(worker, bob).hello()
    first.close()
    first.closed()
    assert worker.eventually(lambda it: len(it.hub.person(str(alice.pk)).connections) == 1)
    assert connect(worker, alice).hello()


def test_one_session_that_knocks_without_end_does_not_keep_others_waiting(
    start, connect, alice, bob
):
    worker = start(SOCKETS_PER_PERSON=3, IDENTITY_THREADS=1)
    read, readings = history.heads, []

    def slow_read(user_id):
        readings.append(user_id)
        time.sleep(0.05)
        return read(user_id)

    cookie, other = sign_in(alice), sign_in(bob)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "heads", slow_read)
        knocking = [connect(worker, cookie=cookie) for _ in range(60)]
        begun = time.monotonic()
        connect(worker, cookie=other).hello()
        assert time.monotonic() - begun < 2
        assert sum(user_id == alice.pk for user_id in readings) < 20
        codes = [frame.code for it in knocking if isinstance(frame := it.receive(), Closed)]
    assert codes.count(4005) >= 40
    assert worker.eventually(lambda it: not it.opening._opening)


# Nothing falls between


def delay(worker, part, name, seconds):
    """Makes a coroutine of the worker slow; how often it was called is in the list."""
    calls = []
    real = getattr(part(worker.worker), name)

    async def slow(*args, **kwargs):
        found = await real(*args, **kwargs)
        calls.append(args)
        await asyncio.sleep(seconds)
        return found

    setattr(part(worker.worker), name, slow)
    return calls


def test_who_is_greeted_with_a_message_that_was_just_refused_hears_that_too(
    worker, enter, alice, bob, thread
):
    delay(worker, lambda it: it.saver._posting, "post", 0.5)
    early = enter(worker, alice)
    said = early.say(thread.id, reply_to=99)  # which does not exist
    early.until("refused", id=said)
    late = enter(worker, bob)
    assert late.until("message", id=said)
    assert late.until("refused", id=said)["code"] == "malformed"


def test_a_long_backlog_does_not_cut_off_whoever_comes(start, connect, enter, alice, bob, thread):
    buffer = 4_000_000
    worker = start(
        SEND_MESSAGE_API_URL="http://127.0.0.1:1/",
        SEND_BURST=1000,
        FRAME_BURST=1000,
        WRITE_BUFFER=buffer,
    )
    talking = enter(worker, alice)
    texts = [f"{number:04} " + "\N{GRINNING FACE}" * 9000 for number in range(300)]
    for text in texts:
        talking.until("accepted", id=talking.say(thread.id, text))
    late = connect(worker, bob, receive_buffer=4096)
    late.hello()
    time.sleep(0.5)  # it reads nothing for a while
    told = [frame["text"] for frame in late.waiting(0.5)]
    assert told == texts[-len(told) :]
    assert buffer / 4 < sum(len(text.encode()) for text in told) < buffer
    # And it is open still.
    talking.say(thread.id, "the newest")
    assert late.until("message")["text"] == "the newest"


def test_what_is_told_while_a_socket_is_greeted_comes_after_hello(
    worker, connect, enter, alice, bob, thread
):
    talking = enter(worker, bob)
    calls = delay(worker, lambda it: it.broker, "spoken", 0.4)
    late = connect(worker, alice)
    assert worker.eventually(lambda _: calls)
    texts = [f"number {number}" for number in range(5)]
    for text in texts:
        talking.say(thread.id, text)
        talking.until("accepted")

    assert late.hello()["threads"][str(thread.id)]["version"] == 0
    assert [late.until("message")["text"] for _ in texts] == texts


def test_what_is_stored_between_reading_and_greeting_is_told(
    worker, connect, enter, alice, bob, thread
):
    calls = delay(worker, lambda it: it.identity, "arrive", 0.3)
    late = connect(worker, alice)
    assert worker.eventually(lambda _: len(calls) == 2)
    write(bob, thread, "between")
    assert late.hello()["threads"][str(thread.id)]["version"] == 0
    assert late.until("message")["seq"] == 1


def test_what_is_spoken_while_django_is_away_is_told_to_a_socket_that_connects(
    start, connect, enter, alice, bob, thread
):
    worker = start(SEND_MESSAGE_API_URL="http://127.0.0.1:1/")
    talking = enter(worker, bob)
    texts = [f"number {number}" for number in range(3)]
    ids = [talking.say(thread.id, text) for text in texts]
    for message_id in ids:
        talking.until("accepted", id=message_id)

    late = connect(worker, alice)
    assert late.hello()["threads"][str(thread.id)]["version"] == 0
    told = [late.receive() for _ in texts]
    assert [(frame["type"], frame["id"], frame["seq"]) for frame in told] == [
        ("message", message_id, None) for message_id in ids
    ]
    assert late.waiting() == []
    # Somebody who has no place there hears nothing of it.
    stranger = connect(worker, make_person("dave"))
    stranger.hello()
    assert stranger.waiting() == []


def test_a_client_that_goes_away_while_it_is_greeted_leaves_nothing(worker, connect, alice, thread):
    calls = delay(worker, lambda it: it.identity, "arrive", 0.2)
    for broken in (False, True):
        socket = connect(worker, alice)
        seen = len(calls)
        assert worker.eventually(lambda _, seen=seen: len(calls) > seen)
        socket.break_off() if broken else socket.close()
    assert worker.eventually(lambda it: len(calls) == 4 and not list(it.hub.people()))
    assert worker.metric("sockets") == 0


def test_a_session_that_ends_while_the_socket_is_greeted_closes_it(worker, connect, alice, thread):
    client = signed_in(alice)
    calls = delay(worker, lambda it: it.broker.subscriptions, "subscribe", 0.3)
    socket = connect(worker, cookie=client.session.session_key)
    assert worker.eventually(lambda _: any(len(args[0]) > 1 for args in calls))
    client.logout()
    assert socket.receive() == Closed(4501)


def test_a_thread_that_begins_while_a_socket_is_greeted_is_known_to_it(worker, connect, alice, bob):
    calls = delay(worker, lambda it: it.identity, "arrive", 0.3)
    socket = connect(worker, alice)
    assert worker.eventually(lambda _: len(calls) == 2)
    made, _ = actions.start_direct_thread(alice, bob)
    write(bob, made, "hello")
    threads = socket.hello()["threads"]
    known = str(made.id) in threads or socket.until("joined", thread=made.id)
    assert known
    assert worker.eventually(
        lambda it: made.id in it.hub.person(str(alice.pk)).places and it.hub.listeners(made.id)
    )
    write(bob, made, "again")
    socket.until("message", text="again")


def test_a_database_that_is_away_closes_the_socket_with_a_code_to_come_again(
    worker, connect, alice, monkeypatch
):
    def broken(*_):
        raise RuntimeError("the store of the sessions is away")

    monkeypatch.setattr(worker.worker.identity, "_arrive", broken)
    assert connect(worker, alice).closed() == 1011
    monkeypatch.undo()
    assert connect(worker, alice).hello()
    assert len(worker.complaints.lines) == 1
    worker.forgive()


def test_what_nobody_expected_while_it_is_greeted_leaves_no_socket_behind(
    worker, connect, alice, monkeypatch
):
    async def broken(_):
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(worker.worker.broker, "spoken", broken)
    assert connect(worker, alice).closed() == 1006
    assert worker.eventually(lambda worker: not list(worker.hub.connections()))
    assert worker.metric("sockets") == 0
    assert len(worker.complaints.lines) == 1
    worker.forgive()


def test_a_redis_that_is_away_closes_the_socket_with_a_code_to_come_again(
    worker, connect, enter, alice, thread, redis_server
):
    there = enter(worker, alice)
    redis_server.pause()
    try:
        assert connect_without_redis(worker, connect, alice).closed(seconds=12) == 1011
        assert there.pong()
    finally:
        redis_server.resume()
    assert worker.eventually(lambda it: it.broker.subscriptions.connected, seconds=10)
    assert connect(worker, alice).hello()


def connect_without_redis(worker, connect, person):
    """A session that is made without Redis, where ours would wait for it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return connect(worker, cookie=session.session_key)


def test_a_message_goes_all_the_way(worker, enter, alice, bob, thread):
    one, other = enter(worker, alice), enter(worker, bob)
    message_id = one.say(thread.id, "  hello  ")

    assert one.until("accepted") == {"type": "accepted", "thread": thread.id, "id": message_id}
    for socket in (one, other):
        told = socket.until("stored")
        assert told["messages"] == [{"sender": str(alice.pk), "id": message_id, "seq": 1}]
    assert all_stored(thread, 1)
    assert stored_texts(thread) == ["hello"]
