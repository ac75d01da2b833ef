"""A WebSocket client that may do everything that a decent one does not. Blocking, for tests."""

import base64
import json
import os
import socket
import struct
import time
from dataclasses import dataclass
from uuid import uuid4

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
FIN = 0x80
MASKED = 0x80
PATIENCE = 5.0  # seconds
QUIET = 0.15  # seconds in which nothing may come


@dataclass(frozen=True)
class Closed:
    """The end: the code of the close frame, or 1006 where there was none."""

    code: int


class Socket:
    """`status` and `headers` are of the handshake's answer; frames only where `status` is 101."""

    def __init__(self, port, path="/ws/", *, cookie=None, headers=None, receive_buffer=None):
        self.pongs = True
        self.pings = 0
        self.hears_presence = False  # which comes at its own time, between what a test looks at
        self._buffer = b""
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(("127.0.0.1", port))
        given = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        } | (headers or {})
        if cookie is not None:
            given["Cookie"] = f"sessionid={cookie}"
        lines = [f"GET {path} HTTP/1.1", *[f"{name}: {value}" for name, value in given.items()]]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._read_head()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, content):
        """A text frame: an object as JSON, a text as it is."""
        text = content if isinstance(content, str) else json.dumps(content)
        self.send_raw(TEXT, text.encode(errors="surrogatepass"))

    def say(self, thread, text="hello", message_id=None, **fields):
        """A message; its id."""
        message_id = message_id or str(uuid4())
        self.send({"type": "send", "id": message_id, "thread": thread, "text": text} | fields)
        return message_id

    def send_raw(self, opcode, payload=b"", *, fin=True):
        mask = os.urandom(4)
        head = bytes([(FIN if fin else 0) | opcode])
        self._socket.sendall(head + _length(len(payload)) + mask + _masked(payload, mask))

    def send_bytes(self, data):
        self._socket.sendall(data)

    def receive(self, seconds=PATIENCE):
        """The next frame, as an object, or how the socket was closed; pings are answered."""
        deadline = time.monotonic() + seconds
        while True:
            opcode, payload = self._frame(deadline)
            if opcode == TEXT:
                frame = json.loads(payload)
                if self.hears_presence or frame.get("type") != "presence":
                    return frame
            if opcode == CLOSE:
                return Closed(struct.unpack("!H", payload[:2])[0] if payload else 1005)
            if opcode == PING:
                self.pings += 1
                if self.pongs:
                    self.send_raw(PONG, payload)

    def until(self, kind, seconds=PATIENCE, **fields):
        """The next frame of this type with these fields; others are passed over."""
        passed = []
        while True:
            frame = self.receive(seconds)
            assert not isinstance(frame, Closed), f"{frame} behind {passed}"
            wanted = {"type": kind} | fields
            if all(frame.get(name) == value for name, value in wanted.items()):
                return frame
            passed.append(frame)

    def hello(self):
        frame = self.receive()
        assert isinstance(frame, dict), frame
        assert frame["type"] == "hello", frame
        return frame

    def closed(self, seconds=PATIENCE):
        """The close code; what came before it is passed over."""
        while True:
            frame = self.receive(seconds)
            if isinstance(frame, Closed):
                return frame.code

    def waiting(self, seconds=QUIET, *, least=0):
        """Everything that comes until nothing does; for `least` of it, or an end, with patience."""
        found = []
        while True:
            try:
                frame = self.receive(seconds if len(found) >= least else PATIENCE)
            except TimeoutError:
                return found
            found.append(frame)
            if isinstance(frame, Closed):
                return found

    def pong(self):
        """Asks for a pong: what was sent before has been looked at when it comes."""
        self.send({"type": "ping"})
        return self.until("pong")

    def close(self, code=1000):
        self.send_raw(CLOSE, struct.pack("!H", code))

    def break_off(self):
        """A reset instead of an end."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _read_head(self):
        deadline = time.monotonic() + PATIENCE
        while b"\r\n\r\n" not in self._buffer:
            block = self._receive(deadline)
            assert block, "no answer to the handshake"
            self._buffer += block
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        first, *rest = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {
            name.lower(): value for name, value in (line.split(": ", 1) for line in rest)
        }

    def _frame(self, deadline):
        first, second = self._take(2, deadline) or (FIN | CLOSE, 2)
        if second == 2 and first == FIN | CLOSE and self._gone:
            return CLOSE, struct.pack("!H", 1006)
        length = second & ~MASKED
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2, deadline))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8, deadline))
        return first & 0x0F, self._take(length, deadline)

    _gone = False

    def _take(self, count, deadline):
        while len(self._buffer) < count:
            block = self._receive(deadline)
            if not block:
                self._gone = True
                return b""
            self._buffer += block
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _receive(self, deadline):
        self._socket.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            return self._socket.recv(1 << 20)
        except ConnectionError:
            return b""


def _length(count):
    if count < 126:
        return bytes([MASKED | count])
    if count < 1 << 16:
        return struct.pack("!BH", MASKED | 126, count)
    return struct.pack("!BQ", MASKED | 127, count)


def _masked(payload, mask):
    repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload) ^ int.from_bytes(repeated)).to_bytes(len(payload))
