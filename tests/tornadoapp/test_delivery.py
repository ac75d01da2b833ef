import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from tornado.iostream import IOStream

from privatemessages.tornadoapp.delivery import PING, Delivery, Outlet, text_frame
from tests.broker.running import asynchronous, soon

LIMIT = 1000  # bytes
CLOSE = b"\x88\x02\x0f\xa3"


# RFC 6455, section 5.2: 0x81 is FIN and text; the length takes 0, 2 or 8 bytes more.
@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, "81 00"),
        (1, "81 01"),
        (125, "81 7d"),
        (126, "81 7e 00 7e"),
        (65_535, "81 7e ff ff"),
        (65_536, "81 7f 00 00 00 00 00 01 00 00"),
        (131_072, "81 7f 00 00 00 00 00 02 00 00"),
    ],
)
def test_a_text_frame_is_as_the_protocol_has_it(length, head):
    payload = b"a" * length
    assert text_frame(payload) == bytes.fromhex(head) + payload


def test_a_ping_is_empty_and_unmasked():
    assert bytes.fromhex("89 00") == PING


class Ends:
    """An outlet, and the peer's end of its socket."""

    def __init__(self, limit, on_slow=None):
        ours, self.peer = socket.socketpair()
        for end in (ours, self.peer):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.stream = IOStream(ours)
        self.slow = 0
        self.sends = []
        self._on_slow = on_slow
        self.delivery = Delivery(self.sends.append)
        self.outlet = Outlet(self.stream, self.delivery, limit, self._slowed)

    def _slowed(self):
        self.slow += 1
        if self._on_slow is not None:
            self._on_slow(self)

    def read(self):
        found = b""
        while True:
            try:
                block = self.peer.recv(1 << 20)
            except BlockingIOError:
                return found
            if not block:
                return found
            found += block

    async def read_all(self, length):
        found = b""
        async with asyncio.timeout(5):
            while len(found) < length:
                found += self.read()
                await asyncio.sleep(0)
        return found


@asynccontextmanager
async def ends(limit=LIMIT, on_slow=None, *, released=True):
    pair = Ends(limit, on_slow)
    if released:
        pair.outlet.release([])
    try:
        yield pair
    finally:
        pair.stream.close()
        pair.peer.close()
        await asyncio.sleep(0)


@asynchronous
async def test_what_gathers_in_one_turn_goes_out_in_one_write_and_in_order():
    async with ends() as pair:
        for number in range(10):
            pair.outlet.write(b"%d" % number)
        assert pair.read() == b""
        await asyncio.sleep(0)
        assert pair.read() == b"0123456789"
        assert pair.sends == [1]


@asynchronous
async def test_what_is_held_back_follows_what_must_come_first():
    async with ends(released=False) as pair:
        pair.outlet.write(b"early ")
        await asyncio.sleep(0)
        assert pair.read() == b""
        pair.outlet.release([b"hello ", b"spoken "])
        pair.outlet.write(b"late")
        await asyncio.sleep(0)
        assert pair.read() == b"hello spoken early late"


@asynchronous
async def test_what_is_held_back_is_bounded():
    async with ends(released=False) as pair:
        for _ in range(11):
            pair.outlet.write(b"x" * 100)
        assert pair.slow == 1


@asynchronous
async def test_a_reader_that_keeps_up_is_never_slow():
    async with ends() as pair:
        for _ in range(100):
            pair.outlet.write(b"x" * 500)
            await asyncio.sleep(0)
            assert len(await pair.read_all(500)) == 500
        assert pair.slow == 0


@asynchronous
async def test_a_reader_that_stops_is_told_of_once_and_may_have_what_was_sent():
    async with ends(limit=20_000) as pair:
        sent = b""
        while not pair.slow:
            block = bytes([len(sent) % 251]) * 1000
            sent += block
            pair.outlet.write(block)
            await asyncio.sleep(0)
            assert len(sent) < 1_000_000
        pair.outlet.write(b"more")
        await asyncio.sleep(0)
        assert pair.slow == 1
        assert await pair.read_all(len(sent) + 4) == sent + b"more"


@asynchronous
async def test_one_who_was_slow_and_caught_up_may_be_slow_again():
    async with ends(limit=20_000) as pair:
        for times in (1, 2):
            sent = 0
            while pair.slow < times:
                pair.outlet.write(b"x" * 1000)
                sent += 1000
                await asyncio.sleep(0)
            await pair.read_all(sent)
            await asyncio.sleep(0.01)


@asynchronous
async def test_the_close_frame_of_a_slow_reader_does_not_fall_into_a_frame():
    def close(pair):
        pair.outlet.close()
        pair.stream.write(CLOSE)

    async with ends(limit=20_000, on_slow=close) as pair:
        written = 0
        frame = text_frame(b"y" * 7000)
        while not pair.slow:
            pair.outlet.write(frame)
            written += 1
            await asyncio.sleep(0)
        pair.outlet.write(frame)
        await asyncio.sleep(0)
        got = await pair.read_all(len(frame) * written + len(CLOSE))
        assert got == frame * written + CLOSE


@asynchronous
async def test_nothing_follows_a_close_and_what_was_pending_went_before():
    async with ends() as pair:
        pair.outlet.write(b"pending")
        pair.outlet.close()
        pair.outlet.write(b"late")
        await asyncio.sleep(0)
        assert pair.read() == b"pending"


@pytest.mark.parametrize("held", [False, True])
@asynchronous
async def test_a_stream_that_is_gone_takes_everything_in_silence(held):
    async with ends(released=not held) as pair:
        pair.stream.close()
        pair.outlet.write(b"x")
        pair.outlet.release([b"hello"])
        await asyncio.sleep(0)
        pair.outlet.close()


@asynchronous
async def test_a_peer_that_is_gone_closes_the_stream():
    async with ends() as pair:
        pair.peer.close()
        pair.outlet.write(b"x")
        await soon(pair.stream.closed)
        pair.outlet.write(b"y")
        await asyncio.sleep(0)


@asynchronous
async def test_a_stream_that_goes_while_much_is_unsent_leaves_no_complaint():
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with ends(limit=10_000_000) as pair:
        for _ in range(100):
            pair.outlet.write(b"x" * 10_000)
            await asyncio.sleep(0)
        assert pair.stream.writing()
        pair.stream.close()
        await asyncio.sleep(0.01)
    assert complaints == []
