"""A client's heart: frames and answers in, what to send and to ask out. Pure; times are in s."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.client.history import Copy, Key
from tests.client.outbox import Outbox

HOLE_WAIT = 0.3  # s; two processes may publish in the other order
HEADS_JITTER = 2.0  # s
RETRY_PAUSE = 1.0  # s after a question that was not answered
RESEND_FLOOR = 10.0  # s
RESEND_CEILING = 60.0  # s

UNAVAILABLE = "unavailable"
PASSING = {UNAVAILABLE, "rate_limited"}


@dataclass(frozen=True)
class Switches:
    """Each of these off, a promise is broken. A test that then still passes sees nothing."""

    resend: bool = True  # until stored; without it, what was accepted is believed to be safe
    catch_up: bool = True
    in_order: bool = True  # of what waits, the oldest is sent first


ALL_ON = Switches()


@dataclass(frozen=True)
class Question:
    """What changed in this thread since this version?"""

    thread: int
    since: int


class Client:
    def __init__(
        self,
        user: str,
        chance: Random,
        switches: Switches = ALL_ON,
        *,
        resend_floor: float = RESEND_FLOOR,
        resend_ceiling: float = RESEND_CEILING,
    ) -> None:
        self.user = user
        self.switches = switches
        self.greeted = False
        self.copies: defaultdict[int, Copy] = defaultdict(Copy)
        self.sent: list[tuple[int, str, str]] = []  # thread, id, text; in the order of writing
        self.told: defaultdict[tuple[int, Key], set[int]] = defaultdict(set)  # as stored: the seqs
        self.failed: list[str] = []
        self.counts: Counter[str] = Counter()
        self.outbox = Outbox(
            chance,
            floor=resend_floor,
            ceiling=resend_ceiling,
            believes_accepted=not switches.resend,
            in_order=switches.in_order,
        )
        self._chance = chance
        self._asking: set[int] = set()
        self._ask_at: dict[int, float] = {}
        self._heads: list[tuple[float, int, int]] = []  # when to believe it, thread, version

    def write(self, thread: int, text: str) -> str:
        item = self.outbox.add(thread, text)
        self.sent.append((thread, item.id, text))
        return item.id

    def hear(self, frame: dict[str, Any], now: float) -> None:
        self.counts[frame["type"]] += 1
        hearing = getattr(self, f"_hear_{frame['type']}", None)
        if hearing is not None:
            hearing(frame, now)
        self._look_for_holes(now)

    def lost(self) -> None:
        self.greeted = False
        self.outbox.disconnected()

    def frames(self, now: float) -> list[dict[str, Any]]:
        """What to send now."""
        return [
            {"type": "send", "id": item.id, "thread": item.thread, "text": item.text}
            for item in self.outbox.take_due(now)
        ]

    def questions(self, now: float) -> list[Question]:
        """What to ask now. Each is to be closed by `answer`, `answer_afresh` or `no_answer`."""
        self._believe_heads(now)
        if not self.switches.catch_up:
            return []
        due = [thread for thread, at in self._ask_at.items() if at <= now]
        return [self._question(thread) for thread in due]

    def answer(self, question: Question, answer: dict[str, Any], now: float) -> bool:
        """False where too much changed: load the thread afresh."""
        if answer["complete"]:
            self.copies[question.thread].catch_up(answer["messages"], answer["version"])
            self._answered(question, answer["messages"], now)
        return bool(answer["complete"])

    def answer_afresh(self, question: Question, page: dict[str, Any], now: float) -> None:
        self.copies[question.thread].start_over(page["messages"], page["version"])
        self.counts["afresh"] += 1
        self._answered(question, page["messages"], now)

    def no_answer(self, question: Question, now: float) -> None:
        self.counts["unanswered"] += 1
        self._asking.discard(question.thread)
        self._ask_at[question.thread] = now + RETRY_PAUSE

    @property
    def at_rest(self) -> bool:
        """Connected, all that was written is stored, and nothing is left to be asked."""
        behind = self.switches.catch_up and any(copy.behind for copy in self.copies.values())
        return self.greeted and not self.outbox and not behind and not self._heads

    def _hear_hello(self, frame: dict[str, Any], now: float) -> None:
        self.greeted = True
        self.outbox.connected()
        for thread, head in frame["threads"].items():
            self.copies[int(thread)].hear_head(head["version"])

    def _hear_heads(self, frame: dict[str, Any], now: float) -> None:
        at = now + self._chance.random() * HEADS_JITTER
        for thread, head in frame["threads"].items():
            self._heads.append((at, int(thread), head["version"]))
        self.outbox.again()

    def _hear_message(self, frame: dict[str, Any], now: float) -> None:
        self.copies[frame["thread"]].hear_message(frame)
        if frame["seq"] is not None:
            self._note_stored(frame["thread"], (frame["sender"]["id"], frame["id"]), frame["seq"])

    def _hear_accepted(self, frame: dict[str, Any], now: float) -> None:
        self.outbox.accepted(frame["thread"], frame["id"])

    def _hear_stored(self, frame: dict[str, Any], now: float) -> None:
        for entry in frame["messages"]:
            key = entry["sender"], entry["id"]
            self.copies[frame["thread"]].hear_stored(key, entry["seq"])
            self._note_stored(frame["thread"], key, entry["seq"])

    def _hear_refused(self, frame: dict[str, Any], now: float) -> None:
        self.failed.append(f"refused: {frame['id']}, {frame['code']}")

    def _hear_error(self, frame: dict[str, Any], now: float) -> None:
        self.counts[frame["code"]] += 1
        if frame["code"] == UNAVAILABLE:
            self.outbox.again()
        if frame["code"] in PASSING and frame["id"] is not None:
            wait = frame["retry_after"]
            self.outbox.postponed(frame["id"], None if wait is None else wait / 1000, now)
        else:
            self.failed.append(f"failed: {frame['id']}, {frame['code']}")

    def _note_stored(self, thread: int, key: Key, seq: int) -> None:
        self.told[thread, key].add(seq)
        if key[0] == self.user:
            self.outbox.stored(thread, key[1])

    def _look_for_holes(self, now: float) -> None:
        for thread, copy in self.copies.items():
            if not copy.behind:
                self._ask_at.pop(thread, None)
            elif thread not in self._asking:
                self._ask_at.setdefault(thread, now + HOLE_WAIT)

    def _believe_heads(self, now: float) -> None:
        due = [head for head in self._heads if head[0] <= now]
        self._heads = [head for head in self._heads if head[0] > now]
        for _, thread, version in due:
            self.copies[thread].hear_head(version)
        if due:
            self._look_for_holes(now)

    def _question(self, thread: int) -> Question:
        del self._ask_at[thread]
        self._asking.add(thread)
        self.counts["questions"] += 1
        return Question(thread, self.copies[thread].version)

    def _answered(self, question: Question, messages: list[dict[str, Any]], now: float) -> None:
        self._asking.discard(question.thread)
        self.counts["caught up"] += len(messages)
        for message in messages:
            key = message["sender"]["id"], message["id"]
            self._note_stored(question.thread, key, message["seq"])
        self._look_for_holes(now)
