"""Bytes to sockets: framed once, gathered for one turn of the loop, one write for each socket."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Iterable
from functools import partial

from tornado.iostream import IOStream, StreamClosedError

PING = b"\x89\x00"  # an empty, unmasked ping (RFC 6455, section 5.5.2)

_TEXT = 0x81  # the final frame of a text message (RFC 6455, section 5.2)
_SHORT, _MEDIUM = 126, 1 << 16  # bytes, from where the length takes 2 and 8 bytes more


def text_frame(payload: bytes) -> bytes:
    """A finished WebSocket frame, the same bytes for every receiver (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < _SHORT:
        return struct.pack("!BB", _TEXT, length) + payload
    if length < _MEDIUM:
        return struct.pack("!BBH", _TEXT, 126, length) + payload
    return struct.pack("!BBQ", _TEXT, 127, length) + payload


class Delivery:
    """Flushes each outlet once in a turn of the loop, whatever was written to it."""

    def __init__(self, count: Callable[[int], object]) -> None:
        self._count = count
        self._dirty: list[Outlet] = []
        self._loop = asyncio.get_running_loop()

    def schedule(self, outlet: Outlet) -> None:
        if not self._dirty:
            self._loop.call_soon(self._flush)
        self._dirty.append(outlet)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        self._count(len(dirty))
        for outlet in dirty:
            outlet.flush()


class Outlet:
    """One socket's way out. `on_slow` is called once, when its reader left too much unread."""

    __slots__ = (
        "_closed",
        "_delivery",
        "_held",
        "_limit",
        "_on_slow",
        "_pending",
        "_stream",
        "_unread",
    )

    def __init__(
        self, stream: IOStream, delivery: Delivery, limit: int, on_slow: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._delivery = delivery
        self._limit = limit
        self._on_slow = on_slow
        self._pending: list[bytes] = []
        self._held: list[bytes] | None = []
        self._unread = 0
        self._closed = False

    def write(self, framed: bytes) -> None:
        if self._closed:
            return
        if self._held is not None:
            self._hold(self._held, framed)
            return
        if not self._pending:
            self._delivery.schedule(self)
        self._pending.append(framed)

    def release(self, first: Iterable[bytes]) -> None:
        """Lets out what was held back since the socket was made, after what must come first."""
        held, self._held = self._held or [], None
        self._unread = 0
        for framed in (*first, *held):
            self.write(framed)

    def close(self) -> None:
        """What is pending goes out, nothing after it: no frame may follow a close frame."""
        self._closed = True
        self.flush()

    def flush(self) -> None:
        pending, self._pending = self._pending, []
        if pending:
            self._send(pending[0] if len(pending) == 1 else b"".join(pending))

    def _hold(self, held: list[bytes], framed: bytes) -> None:
        held.append(framed)
        self._owe(len(framed))

    def _send(self, data: bytes) -> None:
        # Tornado's own write costs twice a plain send(); it is needed only when the kernel is full.
        if self._stream.closed():
            return
        if not self._stream.writing():
            data = data[self._send_now(data) :]
        if data:
            self._send_later(data)

    def _send_now(self, data: bytes) -> int:
        try:
            return self._stream.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            # Reset by the peer: the stream notices by itself and tells the handler.
            self._stream.close()
            return len(data)

    def _send_later(self, data: bytes) -> None:
        try:
            future = self._stream.write(data)
        except StreamClosedError:
            return
        future.add_done_callback(partial(self._sent, len(data)))
        # Last, because a close frame that it calls for must not come in between.
        self._owe(len(data))

    def _sent(self, size: int, future: asyncio.Future[None]) -> None:
        self._unread -= size
        future.exception()  # a closed stream has told its handler already

    def _owe(self, size: int) -> None:
        was_slow = self._unread > self._limit
        self._unread += size
        if self._unread > self._limit and not was_slow:
            self._on_slow()
