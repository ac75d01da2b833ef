"""The road of a message, from one socket to the others and through the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .. import history
from ..actions.probing import Probe
from ..tornadoapp.probe import Closed, Frame, Heard, Late, NoHandshake, ProbeSocket
from .diagnosis import why_not_stored
from .report import Broken, Report
from .sockets import Manner, handshake
from .words import road as words
from .words import sockets as socket_words

POLL = 0.05  # s


class Road:
    """`timeout` is in seconds, for each step."""

    def __init__(
        self, runner: asyncio.Runner, probe: Probe, report: Report, timeout: float
    ) -> None:
        self._runner = runner
        self._probe = probe
        self._report = report
        self._timeout = timeout
        self._sockets: list[ProbeSocket] = []

    @contextmanager
    def opened(self, urls: list[str], session: str, manner: Manner) -> Iterator[None]:
        try:
            for url in urls:
                self._open(url, session, manner)
            yield
        finally:
            for socket in self._sockets:
                self._runner.run(socket.close())

    def go(self) -> None:
        """A message from each socket to all of them, and then a read mark from each.

        Any worker may save the messages, but each saves its own sockets' marks.
        """
        said = [self._talk(number, socket) for number, socket in enumerate(self._sockets)]
        with self._report.step("read back"):
            self._read_back()
        for seq, socket in zip(said, self._sockets, strict=True):
            with self._report.step("read mark", socket.url):
                self._mark_read(seq, socket)

    def _open(self, url: str, session: str, manner: Manner) -> None:
        wanted = handshake(url, session, manner, self._timeout)
        with self._report.step("handshake", url):
            try:
                socket = self._runner.run(ProbeSocket.open(url, wanted))
            except NoHandshake as failure:
                raise Broken(socket_words.no_handshake(url, wanted.origin, failure)) from failure
        self._sockets.append(socket)
        with self._report.step("hello", url):
            hello = self._hear(socket, _is("hello"), socket_words.NO_HELLO).frame
            if str(self._probe.thread_id) not in hello["threads"]:
                raise Broken(words.OTHER_DATABASE)

    def _talk(self, number: int, sender: ProbeSocket) -> int:
        """The number that the message got."""
        with self._report.step("accepted", sender.url) as step:
            sent_at, accepted_at = self._send(number, sender)
            step.took = accepted_at - sent_at
        with self._report.step("relayed", f"to {len(self._sockets)} sockets") as step:
            step.took = max(self._relayed_at(number, it) for it in self._sockets) - sent_at
        with self._report.step("stored") as step:
            heard = [self._hear_stored(number, it) for it in self._sockets]
            step.took = max(it.at for it in heard) - sent_at
            seq = self._seq(number, heard[0].frame)
            step.about = f"as number {seq}"
        return seq

    def _send(self, number: int, sender: ProbeSocket) -> tuple[float, float]:
        """When it was sent and when it was accepted, in seconds of `time.perf_counter`."""
        message_id = self._probe.message_id(number)
        frame = {"type": "send", "id": message_id, "thread": self._probe.thread_id}
        sent_at = self._say(sender, frame | {"text": self._text(number)})
        answer = self._hear(sender, lambda it: _answers(it, message_id), words.NO_ANSWER)
        if answer.frame["type"] == "error":
            raise Broken(words.not_accepted(answer.frame["code"], answer.frame["detail"]))
        return sent_at, answer.at

    def _relayed_at(self, number: int, listener: ProbeSocket) -> float:
        wanted = self._probe.message_id(number)
        late = words.not_relayed(listener.url)
        heard = self._hear(listener, lambda it: _is("message")(it) and it["id"] == wanted, late)
        if heard.frame["text"] != self._text(number):
            raise Broken(words.OTHER_TEXT)
        return heard.at

    def _hear_stored(self, number: int, listener: ProbeSocket) -> Heard:
        wanted = self._probe.message_id(number)
        try:
            heard = self._hear(listener, lambda it: _settles(it, wanted))
        except Late as late:
            raise Broken(why_not_stored(self._probe, number, listener.url)) from late
        if heard.frame["type"] == "refused":
            raise Broken(words.refused(heard.frame["code"]))
        return heard

    def _seq(self, number: int, frame: Frame) -> int:
        wanted = self._probe.message_id(number)
        return next(int(entry["seq"]) for entry in frame["messages"] if entry["id"] == wanted)

    def _read_back(self) -> None:
        page = history.messages(self._probe.person, self._probe.thread_id)
        found = {message.id: message.text for message in page.messages}
        numbers = range(len(self._sockets))
        if found != {self._probe.message_id(n): self._text(n) for n in numbers}:
            raise Broken(words.OTHER_TEXT)

    def _mark_read(self, seq: int, sender: ProbeSocket) -> None:
        """Told to the other sockets at once, and stored soon."""
        listener = next(other for other in self._sockets if other is not sender)
        mark = {"type": "read", "thread": self._probe.thread_id, "seq": seq}
        self._say(sender, mark)
        self._hear(listener, lambda it: _is("read")(it) and it["seq"] == seq, words.NO_MARK)
        until = time.monotonic() + self._timeout
        while self._read_seq() < seq:
            if time.monotonic() > until:
                raise Broken(words.mark_not_stored(sender.url))
            time.sleep(POLL)

    def _read_seq(self) -> int:
        place = history.place(self._probe.person.pk, self._probe.thread_id)
        return place.read if place else 0

    def _say(self, sender: ProbeSocket, frame: Frame) -> float:
        """When that was, in seconds of `time.perf_counter`."""
        try:
            return self._runner.run(sender.send(frame))
        except Closed as closed:
            raise Broken(socket_words.closed(sender.url, closed.code)) from closed

    def _hear(
        self, socket: ProbeSocket, is_meant: Callable[[Frame], bool], late: str = ""
    ) -> Heard:
        """Raises Broken with `late` where it does not come in time, or Late without one."""
        try:
            return self._runner.run(socket.until(is_meant, self._timeout))
        except Closed as closed:
            raise Broken(socket_words.closed(socket.url, closed.code)) from closed
        except Late as error:
            if not late:
                raise
            raise Broken(late) from error

    def _text(self, number: int) -> str:
        return f"The doctor's message {number}"


def _is(kind: str) -> Callable[[Frame], bool]:
    return lambda frame: frame.get("type") == kind


def _answers(frame: Frame, message_id: str) -> bool:
    return frame["type"] in ("accepted", "error") and frame["id"] == message_id


def _settles(frame: Frame, message_id: str) -> bool:
    if frame["type"] == "refused":
        return bool(frame["id"] == message_id)
    return frame["type"] == "stored" and any(it["id"] == message_id for it in frame["messages"])
