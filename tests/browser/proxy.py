"""A network between the page and the worker that can be cut and frozen."""

import math
import socket
import threading
from contextlib import suppress
from typing import Self

CHUNK = 65_536  # bytes


class Proxy:
    """Passes TCP connections on to a port of this machine.

    `cut()` breaks what is open and refuses what comes; `freeze()` is silent: nothing arrives any
    more and nobody is told; `break_on(size)` breaks a connection when the page sends so much at
    once. `mend()` ends all of it.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._is_cut = False
        self._breaking_size: float = math.inf  # bytes

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        self._is_cut = True
        self._break()

    def freeze(self) -> None:
        self._flowing.clear()

    def break_on(self, size: int) -> None:
        self._breaking_size = size

    def mend(self) -> None:
        """A network that returns has forgotten the connections that were frozen in it."""
        if not self._flowing.is_set():
            self._break()
        self._is_cut = False
        self._breaking_size = math.inf
        self._flowing.set()

    def _break(self) -> None:
        with self._lock:
            ended, self._open = self._open, set()
        self._flowing.set()
        for end in ended:
            with suppress(OSError):  # the other side was quicker
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=[near], daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with near, suppress(OSError):  # nobody listens: the page sees a connection that breaks
            if self._is_cut:
                return
            with socket.create_connection(("127.0.0.1", self.target)) as far:
                self._carry(near, far)

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with self._lock:
            self._open |= {near, far}
        back = threading.Thread(target=self._pump, args=[far, near], daemon=True)
        back.start()
        far.sendall(near.recv(CHUNK))  # the handshake
        self._pump(near, far)
        back.join()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(CHUNK):
                self._flowing.wait()
                if len(chunk) >= self._breaking_size:
                    break
                sink.sendall(chunk)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
