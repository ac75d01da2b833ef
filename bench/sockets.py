"""WebSocket clients that cost little, so that many fit into one process that measures others."""

import asyncio
import json
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

AT_ONCE = 50  # handshakes on their way, unless told otherwise
OPEN_TIMEOUT = 60.0  # seconds for all of them

TEXT = 0x81  # the final frame of a text message (RFC 6455, section 5.2)
CLOSE, PING, PONG = 0x88, 0x89, 0x8A
NO_CODE, NO_CLOSE_FRAME = 1005, 1006  # what stands for them (RFC 6455, section 7.4.1)
MASKED = 0x80
SHORT, MEDIUM = 126, 127  # lengths from which 2 and 8 more bytes tell the length
NO_MASK = bytes(4)  # masking with zeros changes nothing, and is a mask all the same

REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Cookie: {cookie}\r\n\r\n"
)
SWITCHED = b"HTTP/1.1 101 "


@dataclass(frozen=True)
class Ending:
    """With which code, and how many seconds and answered pings after it was opened."""

    code: int
    seconds: float
    pings: int


class Socket(asyncio.Protocol):
    """`on_text` gets each text frame; `greeted` is set by the first of them, the `hello`.

    `ending` is there when the socket is closed.
    """

    def __init__(self, path: str, cookie: str, on_text: Callable[[bytes], None]) -> None:
        self._request = REQUEST.format(path=path, cookie=cookie).encode()
        self._on_text = on_text
        self._buffer = b""
        self._upgraded = False
        self._code = NO_CLOSE_FRAME
        self._pings = 0
        self.ending: Ending | None = None
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._opened_at = time.monotonic()
        transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ending = Ending(self._code, time.monotonic() - self._opened_at, self._pings)
        if not self.greeted.done():
            self.greeted.set_exception(ConnectionError(f"not greeted: {self.ending}"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._upgraded or self._upgrade():
            self._take_frames()

    def send(self, content: dict[str, Any]) -> None:
        self._write(TEXT, json.dumps(content).encode())

    def close(self) -> None:
        self._transport.abort()

    def _write(self, kind: int, payload: bytes) -> None:
        assert len(payload) < 1 << 16
        if len(payload) < SHORT:
            head = struct.pack("!BB", kind, MASKED | len(payload))  # a control frame must be short
        else:
            head = struct.pack("!BBH", kind, MASKED | SHORT, len(payload))
        self._transport.write(head + NO_MASK + payload)

    def _upgrade(self) -> bool:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if separator:
            assert head.startswith(SWITCHED), head
            self._buffer, self._upgraded = rest, True
        return self._upgraded

    def _take_frames(self) -> None:
        buffer, at = self._buffer, 0
        while (found := frame_at(buffer, at)) is not None:
            kind, start, at = found
            if kind == TEXT:
                self._take_text(buffer[start:at])
            elif kind == PING:
                self._pings += 1
                self._write(PONG, buffer[start:at])
            elif kind == CLOSE:
                self._code = int.from_bytes(buffer[start : start + 2]) or NO_CODE
        self._buffer = buffer[at:]

    def _take_text(self, payload: bytes) -> None:
        if self.greeted.done():
            self._on_text(payload)
        else:
            self.greeted.set_result(None)


def frame_at(buffer: bytes, at: int) -> tuple[int, int, int] | None:
    """First byte, start and end of the payload; None until all of the frame is there."""
    start = at + 2
    if len(buffer) < start:
        return None
    length = buffer[at + 1]
    if length >= SHORT:
        size = 2 if length == SHORT else 8
        start += size
        length = int.from_bytes(buffer[at + 2 : start])
    return (buffer[at], start, start + length) if len(buffer) >= start + length else None


async def open_sockets(
    port: int,
    wanted: Iterable[tuple[str, str]],
    on_text: Callable[[bytes], None],
    patience: float = OPEN_TIMEOUT,
    at_once: int = AT_ONCE,
) -> list[Socket]:
    """One for each (path, cookie); returns when all were greeted."""
    free = asyncio.Semaphore(at_once)

    async def one(path: str, cookie: str) -> Socket:
        async with free:
            loop = asyncio.get_running_loop()
            _, socket = await loop.create_connection(
                lambda: Socket(path, cookie, on_text), "127.0.0.1", port
            )
            await socket.greeted
            return socket

    async with asyncio.timeout(patience):
        return await asyncio.gather(*[one(path, cookie) for path, cookie in wanted])
