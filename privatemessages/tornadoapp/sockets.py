"""The handlers: a handshake in, frames to the intake, nothing decided here."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from django.conf import settings as django_settings
from tornado.iostream import IOStream
from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from .. import protocol
from ..protocol import CloseCode
from .connections import Connection, PlainConnection
from .delivery import Outlet
from .limits import TokenBucket
from .monitoring import DRAINING, ORIGIN

if TYPE_CHECKING:
    from .application import Worker

FORBIDDEN = 403
SERVICE_UNAVAILABLE = 503
BIGGEST_THREAD_ID = 2**63 - 1

# What of a handshake is handed on to Django: nothing longer, and nothing that ends a header.
LANGUAGES = re.compile(r"[\x20-\x7e]{1,300}")
LANGUAGE_CODE = re.compile(r"[A-Za-z0-9_@-]{1,35}")


class MessengerSocket(WebSocketHandler):
    connection_class = Connection

    def initialize(self, worker: Worker) -> None:
        self.worker = worker
        self.connection: Connection | None = None

    def prepare(self) -> None:
        if self.worker.draining:
            self.worker.journal.turned_away(DRAINING)
            raise HTTPError(SERVICE_UNAVAILABLE)
        origin = self.request.headers.get("Origin")
        if origin is not None and not self.worker.origins.allow(origin, self.request.host):
            self.worker.journal.turned_away(ORIGIN)
            raise HTTPError(FORBIDDEN)

    def check_origin(self, origin: str) -> bool:
        # Tornado asks only about origins that it finds suspicious; `prepare` looks at every one.
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return protocol.SUBPROTOCOL if protocol.SUBPROTOCOL in subprotocols else None

    async def open(self, thread_id: str | None = None) -> None:
        self.set_nodelay(True)
        self.connection = connection = self._connect()
        if thread_id is not None:
            # An id that no database holds is a thread that is not mine.
            connection.only = min(int(thread_id), BIGGEST_THREAD_ID)
        await self.worker.opening.open(connection)

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        assert self.connection is not None
        return self.worker.intake.take(self.connection, message)

    def on_pong(self, data: bytes) -> None:
        if self.connection is not None:
            self.connection.hear(self.worker.clock())

    def on_close(self) -> None:
        if self.connection is not None:
            self.connection.end(self.close_code)
            self.worker.opening.leave(self.connection)

    def language_headers(self) -> dict[str, str]:
        """The preferences of the browser, and the choice that Django keeps in a cookie."""
        headers = {}
        name = django_settings.LANGUAGE_COOKIE_NAME
        if LANGUAGES.fullmatch(preferred := self.request.headers.get("Accept-Language", "")):
            headers["Accept-Language"] = preferred
        if LANGUAGE_CODE.fullmatch(chosen := self.get_cookie(name) or ""):
            headers["Cookie"] = f"{name}={chosen}"
        return headers

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        # A right that is gone is gone now, not when the peer has answered the close frame.
        if self.connection is not None:
            self.worker.opening.leave(self.connection)
        super().close(code, reason)

    def abort(self) -> None:
        # A socket that is closed already ends by itself, or is cut off by Tornado.
        if self.ws_connection is not None:
            self._stream().close()

    def _connect(self) -> Connection:
        settings = self.worker.settings
        outlet = Outlet(
            self._stream(), self.worker.delivery, settings.WRITE_BUFFER, self._on_slow_reader
        )
        frames = TokenBucket(settings.FRAME_RATE, settings.FRAME_BURST)
        session = self.get_cookie(django_settings.SESSION_COOKIE_NAME) or ""
        return self.connection_class(self, outlet, frames, session, self.worker.clock())

    def _stream(self) -> IOStream:
        assert self.ws_connection is not None
        stream = self.ws_connection.stream
        assert isinstance(stream, IOStream)
        return stream

    def _on_slow_reader(self) -> None:
        assert self.connection is not None
        self.worker.metrics.slow_readers.inc()
        self.connection.close(CloseCode.SLOW_READER)


class PlainSocket(MessengerSocket):
    connection_class = PlainConnection

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        assert self.connection is not None
        return self.worker.intake.take_plain(self.connection, message)
