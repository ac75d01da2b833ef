"""The handshake, the plain socket, and what a peer may do to the protocol itself."""

import asyncio
import struct
import time
from socket import create_connection

import pytest

from privatemessages import actions
from tests.messenger import write
from tests.tornadoapp.client import CLOSE, PATIENCE, PING, PONG, TEXT, Closed
from tests.tornadoapp.conftest import all_stored, stored_texts

pytestmark = pytest.mark.django_db(transaction=True)


class TestOrigin:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": ""},
            {"Origin": "http://localhost.evil.example"},
            # Tornado itself would let these pass: it believes in more than our list.
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example", "Host": "evil.example"},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        ],
    )
    def test_a_foreign_one_is_refused_before_anything_else(self, worker, connect, alice, headers):
        assert connect(worker, alice, headers=headers).status == 403
        assert connect(worker, headers=headers).status == 403
        assert worker.metric("handshakes_refused_total", reason="origin") == 2
        assert connect(worker, alice).hello()

    def test_the_sites_own_is_allowed_and_no_origin_is_a_program(self, worker, connect, alice):
        own = {"Origin": f"http://127.0.0.1:{worker.port}"}
        assert connect(worker, alice, headers=own).hello()
        fetched = own | {"Sec-Fetch-Site": "same-origin"}
        assert connect(worker, alice, headers=fetched).hello()
        assert connect(worker, alice).hello()

    def test_with_secure_cookies_a_page_without_tls_is_foreign(
        self, settings, start, connect, alice
    ):
        settings.SESSION_COOKIE_SECURE = True
        worker = start()
        host = f"127.0.0.1:{worker.port}"
        assert connect(worker, alice, headers={"Origin": f"http://{host}"}).status == 403
        assert connect(worker, alice, headers={"Origin": f"https://{host}"}).hello()

    def test_a_listed_one_and_under_debug_loopback_with_any_port(
        self, settings, start, connect, alice
    ):
        settings.DEBUG = True
        worker = start(ALLOWED_ORIGINS=["https://app.example.org"])
        for origin in ("https://app.example.org", "http://localhost:8000", "http://[::1]:1"):
            assert connect(worker, alice, headers={"Origin": origin}).hello()
        assert connect(worker, alice, headers={"Origin": "http://app.example.org"}).status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upgrade": "h2c"}, 400),
        ({"Connection": "close"}, 400),
        ({"Sec-WebSocket-Version": "8"}, 426),
        ({"Sec-WebSocket-Key": ""}, 400),
    ],
)
def test_what_is_no_handshake_is_refused(worker, connect, alice, headers, status):
    assert connect(worker, alice, headers=headers).status == status
    assert connect(worker, alice).hello()


@pytest.mark.parametrize("path", ["/", "/ws", "/ws/x", "/0x1/", "/-1/", "/1/2/", f"/{'9' * 20}/"])
def test_other_addresses_are_not_found(worker, connect, alice, path):
    assert connect(worker, alice, path).status == 404


@pytest.mark.parametrize("path", ["/ws/", "/healthz"])
@pytest.mark.parametrize(
    "body", ["Content-Length: 90000000", "Transfer-Encoding: chunked\r\n\r\n1000000"]
)
def test_a_body_is_refused_and_not_kept_in_memory(worker, path, body):
    with create_connection(("127.0.0.1", worker.port), timeout=PATIENCE) as caller:
        caller.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{body}\r\n\r\n".encode())
        assert caller.recv(1024).startswith(b"HTTP/1.1 400 ")


class TestPlain:
    @pytest.fixture
    def path(self, thread):
        return f"/{thread.id}/"

    def test_a_text_is_a_message_and_every_message_a_line(
        self, worker, connect, enter, alice, bob, thread, path
    ):
        plain, other = connect(worker, alice, path), enter(worker, bob)
        assert plain.status == 101
        before = time.time() - 0.002
        plain.send("  héllo {not json  ")
        line = plain.receive()
        assert before <= line.pop("timestamp") <= time.time()
        assert line == {"sender": "alice", "text": "héllo {not json"}
        assert other.until("message")["text"] == "héllo {not json"
        other.until("stored")
        other.say(thread.id, '{"type": "send"}')
        assert plain.receive()["text"] == '{"type": "send"}'
        other.until("stored")
        write(bob, thread, "from a page")
        assert plain.receive()["text"] == "from a page"
        # Nothing of the other frames: accepted, stored, typing, read.
        other.send({"type": "typing", "thread": thread.id})
        assert plain.waiting() == []
        assert stored_texts(thread) == ["héllo {not json", '{"type": "send"}', "from a page"]

    def test_only_its_own_thread_is_told(self, worker, connect, alice, carol, thread, path):
        elsewhere = connect_to_new_thread(alice, carol)
        plain = connect(worker, alice, path)
        plain.send("here")
        assert plain.receive()["text"] == "here"
        write(carol, elsewhere, "elsewhere")
        assert plain.waiting() == []

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "empty"),
            (" \n ", "empty"),
            ("x" * 10_001, "too_long"),
            ("a\x00b", "bad_text"),
        ],
    )
    def test_trouble_is_told(self, worker, connect, alice, thread, path, text, code):
        plain = connect(worker, alice, path)
        plain.send(text)
        error = plain.receive()
        assert (error["error"], sorted(error)) == (code, ["detail", "error"])
        plain.send("fine")
        assert plain.receive()["text"] == "fine"

    def test_what_is_binary_is_refused(self, worker, connect, alice, thread, path):
        plain = connect(worker, alice, path)
        plain.send_raw(2, b"hello")
        assert plain.receive()["error"] == "malformed"
        assert all_stored(thread, 0)

    @pytest.mark.parametrize("number", [0, 2**40, 2**63 - 1, 2**63, 10**19 - 1])
    def test_a_thread_that_is_none_or_not_mine_closes_it(
        self, worker, connect, alice, bob, carol, number
    ):
        foreign = connect_to_new_thread(bob, carol)
        assert connect(worker, alice, f"/{number}/").receive() == Closed(4503)
        assert connect(worker, alice, f"/{foreign.id}/").receive() == Closed(4503)
        assert connect(worker, path=f"/{foreign.id}/").receive() == Closed(4501)

    def test_the_same_limits_hold(self, start, connect, alice, thread, path):
        worker = start(SEND_BURST=2, FRAME_BURST=5)
        plain = connect(worker, alice, path)
        for number in range(7):
            plain.send(str(number))
        frames = plain.waiting(least=7)
        assert frames[-1] == Closed(4005)
        assert [frame["error"] for frame in frames[:-1] if "error" in frame] == ["rate_limited"] * 3
        assert all_stored(thread, 2)
        assert stored_texts(thread) == ["0", "1"]

    def test_what_is_still_only_spoken_is_told_first(self, start, connect, enter, alice, thread):
        worker = start(SEND_MESSAGE_API_URL="http://127.0.0.1:1/")
        talking = enter(worker, alice)
        talking.until("accepted", id=talking.say(thread.id, "waiting"))
        plain = connect(worker, alice, f"/{thread.id}/")
        assert plain.receive()["text"] == "waiting"

    def test_one_large_frame_closes_it(self, worker, connect, alice, thread, path):
        plain = connect(worker, alice, path)
        plain.send("x" * (128 * 1024 + 1))
        assert plain.closed() == 1009
        assert worker.alive


def connect_to_new_thread(*people):
    return actions.start_direct_thread(*people)[0]


# Below the messages: what a broken or evil peer may send. 1006 means that it was cut off.


@pytest.mark.parametrize(
    "mischief",
    [
        lambda socket: socket.send_raw(TEXT, b"\xff\xfe"),
        lambda socket: socket.send_raw(TEXT, b"\xed\xa0\x80"),  # a lone surrogate as UTF-8
        lambda socket: socket.send_raw(0x0, b"continues nothing"),
        lambda socket: socket.send_raw(0x3, b"reserved"),
        lambda socket: socket.send_raw(0xB, b"reserved"),
        lambda socket: socket.send_raw(PING, b"x" * 126),
        lambda socket: socket.send_raw(PING, b"x", fin=False),
        lambda socket: socket.send_bytes(b"\xf1\x80\x00\x00\x00\x00"),
        lambda socket: socket.send_bytes(b"\x81\xff" + struct.pack("!Q", 2**63) + b"\x00" * 8),
        lambda socket: socket.send_bytes(b"GET / HTTP/1.1\r\n\r\n" * 10),
        lambda socket: (
            socket.send_raw(TEXT, b"x" * 100_000, fin=False),
            socket.send_raw(0x0, b"x" * 100_000),
        ),
    ],
)
def test_what_breaks_the_protocol_closes_that_socket_alone(
    worker, connect, enter, alice, bob, mischief
):
    socket, other = enter(worker, alice), enter(worker, bob)
    mischief(socket)
    assert socket.closed() in (1002, 1006, 1007, 1009)
    assert worker.eventually(lambda it: len(list(it.hub.connections())) == 1)
    assert other.pong()


@pytest.mark.parametrize(
    "payload", [b"", b"\x03", b"\x03\xe8", b"\x03\xe8\xff\xfe", b"\x00\x00bye"]
)
def test_any_close_frame_ends_the_socket(worker, enter, alice, payload):
    socket = enter(worker, alice)
    socket.send_raw(CLOSE, payload)
    assert socket.closed() is not None
    assert worker.eventually(lambda it: not list(it.hub.connections()))
    assert worker.metric("sockets") == 0
    worker.forgive()


def test_a_message_in_pieces_is_one_message(worker, enter, alice):
    socket = enter(worker, alice)
    socket.send_raw(TEXT, b'{"type":', fin=False)
    socket.send_raw(PING, b"between")
    socket.send_raw(0x0, b'"ping"}')
    frames = socket.waiting(least=1)
    assert [frame for frame in frames if isinstance(frame, dict)] == [{"type": "pong"}]


def test_pings_of_the_protocol_are_answered_and_pongs_nobody_asked_for_are_fine(
    worker, enter, alice
):
    socket = enter(worker, alice)
    socket.send_raw(PONG, b"x")
    socket.send_raw(PING, b"hello")
    assert socket._frame(time.monotonic() + 5) == (PONG, b"hello")


def test_a_reset_leaves_nothing_behind(worker, enter, alice, bob, thread):
    socket, other = enter(worker, alice), enter(worker, bob)
    for _ in range(5):
        socket.say(thread.id)
    socket.break_off()
    assert worker.eventually(lambda it: len(list(it.hub.connections())) == 1)
    assert other.pong()


class TestSlowReader:
    def test_it_is_cut_off_and_its_memory_is_bounded(
        self, start, connect, enter, alice, bob, thread
    ):
        limit = 200_000
        worker = start(
            WRITE_BUFFER=limit, SEND_RATE=1000, SEND_BURST=2000, FRAME_RATE=2000, FRAME_BURST=2000
        )
        frozen = connect(worker, alice, receive_buffer=4096)
        frozen.hello()
        talking = enter(worker, bob)
        text = "x" * 10_000
        sent = 0
        while not worker.metric("slow_readers_total"):
            talking.until("accepted", id=talking.say(thread.id, text))
            sent += 1
            assert sent < 1500, "it is never cut off"
            assert unsent(worker, alice) <= limit + 3 * len(text)
        # It hears nothing any more, and the others do.
        assert worker.eventually(lambda it: it.hub.person(str(alice.pk)) is None)
        talking.until("message", id=talking.say(thread.id, "after"))
        frames = [frame for frame in frozen.waiting(1) if isinstance(frame, dict)]
        assert frames
        assert all(frame.get("text") != "after" for frame in frames)
        assert worker.call(lambda it: len(list(it.hub.connections()))) == 1

    def test_one_that_is_held_back_too_long_is_cut_off_too(
        self, start, connect, enter, alice, bob, thread
    ):
        worker = start(WRITE_BUFFER=50_000)
        talking = enter(worker, bob)
        worker.call(lambda it: slow_down(it.broker, 1.0))
        greeted = connect(worker, alice)
        assert worker.eventually(lambda it: it.hub.person(str(alice.pk)))
        for _ in range(10):
            talking.say(thread.id, "x" * 10_000)
        assert greeted.closed() == 4003
        assert talking.pong()


def unsent(worker, person):
    found = worker.call(lambda it: it.hub.person(str(person.pk)))
    return sum(connection.outlet._unread for connection in found.connections) if found else 0


def slow_down(broker, seconds):
    real = broker.spoken

    async def spoken(threads):
        await asyncio.sleep(seconds)
        return await real(threads)

    broker.spoken = spoken


def test_what_is_relayed_is_one_write_for_each_socket_and_turn(worker, enter, alice, bob, thread):
    sockets = [enter(worker, alice) for _ in range(5)] + [enter(worker, bob)]
    before = worker.metric("deliveries_total")
    sockets[-1].say(thread.id)
    for socket in sockets:
        socket.until("stored")
    # One spoken and one stored, to six sockets.
    assert worker.metric("deliveries_total") - before == 12
