"""A client's hands: a socket that comes back by itself, and HTTP for what was missed."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClosedError, WebSocketError, websocket_connect

from tests.client.closing import BROKEN, pause_after
from tests.client.holes import Question
from tests.client.model import Client

CONNECT_TIMEOUT = 5.0  # s
HELLO_WAIT = 10.0  # s
ANSWER_TIMEOUT = 15.0  # s
QUIET_RESET = 30.0  # s without a loss, after which the backoff starts from its beginning
TICK = 0.05  # s
PAGE_SIZE = 50  # messages

NOT_REACHED = (HTTPClientError, WebSocketError, OSError)


@dataclass(frozen=True)
class Site:
    """`sockets` are the addresses of the workers; a tab takes any, as a balancer would.

    `certificate` is the file with the one to be trusted, where it is self-made.
    """

    sockets: list[str]
    api: str  # ends in a slash
    certificate: str | None = None


class Tab:
    def __init__(
        self, site: Site, session: str, client: Client, http: AsyncHTTPClient, chance: Random
    ) -> None:
        self.client = client
        self.closings: Counter[int] = Counter()
        self.greetings = 0
        self._site = site
        self._cookie = f"sessionid={session}"
        self._http = http
        self._chance = chance
        self._attempt = -1
        self._unanswered = ""
        self._greeted_at = 0.0
        self._socket: Any = None
        self._asking: set[asyncio.Task[None]] = set()
        self._clock = asyncio.get_running_loop().time

    async def run(self) -> None:
        """For ever, or until a close code says that there is no way back; cancel it to stop."""
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(self._tick())
            pause: float | None = 0.0
            while pause is not None:
                await asyncio.sleep(pause)
                pause = self._lost(await self._live())
            ticking.cancel()

    def write(self, thread: int, text: str) -> str:
        message_id = self.client.write(thread, text)
        self._act()
        return message_id

    def hang_up(self) -> None:
        """As when the network broke; `run` connects again."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _lost(self, code: int) -> float | None:
        """Seconds until the next attempt."""
        quiet = self._clock() - self._greeted_at
        self._attempt = 0 if self.client.greeted and quiet > QUIET_RESET else self._attempt + 1
        self.client.lost()
        self.closings[code] += 1
        return pause_after(code, self._attempt, self._chance)

    async def _live(self) -> int:
        """One connection, from its beginning to its close code."""
        try:
            socket = self._socket = await self._connect(self._next_address())
            async with asyncio.timeout(HELLO_WAIT):
                heard = await self._hear_next(socket)
            self.greetings += self.client.greeted
            self._unanswered = ""
            self._greeted_at = self._clock()
            while heard:
                heard = await self._hear_next(socket)
        except (*NOT_REACHED, TimeoutError):
            return BROKEN
        else:
            return socket.close_code or BROKEN
        finally:
            self.hang_up()

    def _next_address(self) -> str:
        """Not the last one, if it did not answer: a balancer would know."""
        answering = [found for found in self._site.sockets if found != self._unanswered]
        self._unanswered = self._chance.choice(answering or self._site.sockets)
        return self._unanswered

    async def _connect(self, address: str) -> Any:
        request = HTTPRequest(
            address,
            headers={"Cookie": self._cookie},
            ca_certs=self._site.certificate,
            connect_timeout=CONNECT_TIMEOUT,
            request_timeout=CONNECT_TIMEOUT,
        )
        return await websocket_connect(request, subprotocols=["privatemessages.v1"])

    async def _hear_next(self, socket: Any) -> bool:
        raw = await socket.read_message()
        if raw is None:
            return False
        self.client.hear(json.loads(raw), self._clock())
        self._act()
        return True

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._act()

    def _act(self) -> None:
        if self._socket is not None:
            for frame in self.client.frames(self._clock()):
                self._send(frame)
        for question in self.client.questions(self._clock()):
            task = asyncio.create_task(self._ask(question))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    def _send(self, frame: dict[str, Any]) -> None:
        try:
            # Whether it arrived is told by `accepted` alone.
            self._socket.write_message(json.dumps(frame, ensure_ascii=False)).add_done_callback(
                lambda written: written.exception()
            )
        except WebSocketClosedError:
            pass  # `_live` is about to see it too

    async def _ask(self, question: Question) -> None:
        path = f"threads/{question.thread}"
        try:
            changes = await self._get(f"{path}/changes?since={question.since}")
            if not self.client.answer(question, changes, self._clock()):
                page = await self._get(f"{path}/messages?limit={PAGE_SIZE}")
                self.client.answer_afresh(question, page, self._clock())
        except NOT_REACHED:
            self.client.no_answer(question, self._clock())

    async def _get(self, path: str) -> Any:
        request = HTTPRequest(
            self._site.api + path,
            headers={"Cookie": self._cookie},
            ca_certs=self._site.certificate,
            connect_timeout=ANSWER_TIMEOUT,
            request_timeout=ANSWER_TIMEOUT,
        )
        return json.loads((await self._http.fetch(request)).body)
