"""The doctor's end of the road: a socket as a browser opens it, and the road a worker saves by."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ssl import SSLCertVerificationError
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    WebSocketError,
    websocket_connect,
)

from ..conf import Settings
from ..protocol import FRAME_LIMIT
from .endpoints import Caller, Endpoint
from .posting import Posting

CLOSE_TIMEOUT = 1.0  # s
NORMAL = 1000  # a close code (RFC 6455, section 7.4.1)

Frame = dict[str, Any]


class NoHandshake(Exception):
    """`status` is of an answer that is no handshake, `server` what it says of who gave it.

    `is_untrusted` tells of a certificate that could not be verified.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        server: str = "",
        is_untrusted: bool = False,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.server = server
        self.is_untrusted = is_untrusted


class Closed(Exception):
    """`code` is None where the connection broke."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Late(Exception):
    """What was waited for did not come in time."""


@dataclass(frozen=True)
class Heard:
    """`at` is when, in seconds of `time.perf_counter`."""

    frame: Frame
    at: float


@dataclass(frozen=True)
class Handshake:
    """`cookie` is the whole header; `timeout` is in seconds. Without `origin` it is a program's."""

    cookie: str
    origin: str
    verify: bool
    timeout: float


class ProbeSocket:
    def __init__(self, url: str, connection: WebSocketClientConnection) -> None:
        self.url = url
        self._connection = connection
        self._heard: list[Heard] = []

    @classmethod
    async def open(cls, url: str, handshake: Handshake) -> ProbeSocket:
        """Raises NoHandshake."""
        try:
            connection = await websocket_connect(
                _request(url, handshake), max_message_size=FRAME_LIMIT
            )
        except HTTPClientError as error:
            raise _no_handshake(error) from error
        except SSLCertVerificationError as error:
            raise NoHandshake(error.verify_message, is_untrusted=True) from error
        except (OSError, WebSocketError, ValueError) as error:
            raise NoHandshake(str(error)) from error
        return cls(url, connection)

    async def send(self, frame: Frame) -> float:
        """When that was, in seconds of `time.perf_counter`; raises Closed."""
        now = time.perf_counter()
        try:
            await self._connection.write_message(json.dumps(frame))
        except WebSocketClosedError:
            raise Closed(self._connection.close_code) from None
        return now

    async def until(self, is_meant: Callable[[Frame], bool], patience: float) -> Heard:
        """The first frame that is meant, also of those that came before.

        Raises Late after `patience`, in seconds, and Closed.
        """
        for heard in self._heard:
            if is_meant(heard.frame):
                return heard
        try:
            async with asyncio.timeout(patience):
                while not is_meant((heard := await self._next()).frame):
                    pass
        except TimeoutError:
            raise Late from None
        return heard

    async def close(self) -> None:
        self._connection.close(NORMAL)
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                while await self._connection.read_message() is not None:
                    pass
        except TimeoutError:
            pass  # it ends with the process

    async def _next(self) -> Heard:
        raw = await self._connection.read_message()
        if raw is None:
            raise Closed(self._connection.close_code)
        self._heard.append(Heard(json.loads(raw), time.perf_counter()))
        return self._heard[-1]


async def save_nothing(settings: Settings, patience: float) -> None:
    """The road by which workers save, with nothing on it; raises CallFailed."""
    client = AsyncHTTPClient(force_instance=True)
    endpoint = Endpoint(settings.SEND_MESSAGE_API_URL, "SEND_MESSAGE_API_URL", patience)
    try:
        await Posting(Caller(settings, client, endpoint)).post([], [])
    finally:
        client.close()


def _request(url: str, handshake: Handshake) -> HTTPRequest:
    headers = {"Cookie": handshake.cookie}
    if handshake.origin:
        headers["Origin"] = handshake.origin
    return HTTPRequest(
        url,
        headers=headers,
        validate_cert=handshake.verify,
        connect_timeout=handshake.timeout,
        request_timeout=handshake.timeout,
        # The cookie would go along.
        follow_redirects=False,
    )


def _no_handshake(error: HTTPClientError) -> NoHandshake:
    headers: Mapping[str, str] = error.response.headers if error.response else {}
    is_answer = error.response is not None
    return NoHandshake(
        str(error),
        status=error.code if is_answer else None,
        server=headers.get("Server", ""),
    )
