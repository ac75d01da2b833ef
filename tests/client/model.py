"""A client's heart: frames and answers in, what to send and to ask out. Pure; times are in s."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.client.history import Copy, Key, key_of
from tests.client.holes import Holes, Question
from tests.client.outbox import Outbox

HEADS_JITTER = 2.0  # s
RESEND_FLOOR = 10.0  # s
RESEND_CEILING = 60.0  # s

REFUSED = "refused"
REMOVED = "removed"
UNAVAILABLE = "unavailable"
PASSING = {UNAVAILABLE, "rate_limited"}


@dataclass(frozen=True)
class Switches:
    """Each of these off, a promise is broken. A test that then still passes sees nothing."""

    resend: bool = True  # until stored; without it, what was accepted is believed to be safe
    catch_up: bool = True
    in_order: bool = True  # of what waits, the oldest is sent first
    heed_refusals: bool = True  # what was spoken and is not stored disappears again


ALL_ON = Switches()


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
        self.given_up: dict[str, str] = {}  # what will not be sent any more: id, code
        self.counts: Counter[str] = Counter()
        self.outbox = Outbox(
            chance,
            floor=resend_floor,
            ceiling=resend_ceiling,
            believes_accepted=not switches.resend,
            in_order=switches.in_order,
        )
        self._chance = chance
        self._holes = Holes()
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
        due = self._holes.due(now)
        self.counts["questions"] += len(due)
        return [self._holes.ask(thread, self.copies[thread].version) for thread in due]

    def answer(self, question: Question, answer: dict[str, Any], now: float) -> bool:
        """False where too much changed: load the thread afresh."""
        if not self._holes.awaits(question):
            return True
        if answer["complete"]:
            self.copies[question.thread].catch_up(
                answer["messages"], answer["version"], answer.get("cleared", 0)
            )
            self._answered(question, answer["messages"], now)
        return bool(answer["complete"])

    def answer_afresh(self, question: Question, page: dict[str, Any], now: float) -> None:
        if not self._holes.awaits(question):
            return
        self.copies[question.thread].start_over(
            page["messages"], page["version"], page.get("cleared", 0)
        )
        self.counts["afresh"] += 1
        self._answered(question, page["messages"], now)

    def no_answer(self, question: Question, now: float) -> None:
        self.counts["unanswered"] += 1
        if self._holes.awaits(question):
            self._holes.ask_again(question, now)

    @property
    def at_rest(self) -> bool:
        """Connected, all that was written is stored, and nothing is left to be asked."""
        behind = self.switches.catch_up and any(copy.behind for copy in self.copies.values())
        return self.greeted and not self.outbox and not behind and not self._heads

    def _hear_hello(self, frame: dict[str, Any], now: float) -> None:
        self.greeted = True
        for thread in self.copies.keys() - {int(thread) for thread in frame["threads"]}:
            self._leave(thread)
        for copy in self.copies.values():
            copy.connected_anew()
        self.outbox.connected()
        for thread, head in frame["threads"].items():
            self.copies[int(thread)].hear_head(head["version"])

    def _hear_heads(self, frame: dict[str, Any], now: float) -> None:
        at = now + self._chance.random() * HEADS_JITTER
        for thread, head in frame["threads"].items():
            self._heads.append((at, int(thread), head["version"]))
        self.outbox.again()

    def _hear_thread(self, frame: dict[str, Any], now: float) -> None:
        if frame["thread"] in self.copies:
            self.copies[frame["thread"]].hear_thread(frame["version"], frame["cleared"])

    def _hear_joined(self, frame: dict[str, Any], now: float) -> None:
        self.copies[frame["thread"]].hear_head(frame["head"]["version"])

    def _hear_removed(self, frame: dict[str, Any], now: float) -> None:
        self._leave(frame["thread"])

    def _hear_message(self, frame: dict[str, Any], now: float) -> None:
        self.copies[frame["thread"]].hear_message(frame)
        if frame["seq"] is not None:
            self._note_stored(frame["thread"], key_of(frame), frame["seq"])

    def _hear_accepted(self, frame: dict[str, Any], now: float) -> None:
        self.outbox.accepted(frame["thread"], frame["id"])

    def _hear_stored(self, frame: dict[str, Any], now: float) -> None:
        for entry in frame["messages"]:
            key = entry["sender"], entry["id"]
            self.copies[frame["thread"]].hear_stored(key, entry["seq"])
            self._note_stored(frame["thread"], key, entry["seq"])

    def _hear_refused(self, frame: dict[str, Any], now: float) -> None:
        if self.switches.heed_refusals:
            self.copies[frame["thread"]].hear_refused((frame["sender"], frame["id"]))
        if frame["sender"] == self.user:
            self._give_up(frame["id"], REFUSED)

    def _hear_error(self, frame: dict[str, Any], now: float) -> None:
        self.counts[frame["code"]] += 1
        if frame["code"] == UNAVAILABLE:
            self.outbox.again()
        if frame["code"] in PASSING and frame["id"] is not None:
            wait = frame["retry_after"]
            self.outbox.postponed(frame["id"], None if wait is None else wait / 1000, now)
        else:
            self._give_up(frame["id"], frame["code"])

    def _give_up(self, message_id: str, code: str) -> None:
        self.outbox.give_up(message_id)
        self.given_up[message_id] = code

    def _leave(self, thread: int) -> None:
        """It is not mine any more, and what I hold of it is none of my business."""
        self.copies.pop(thread, None)
        self._holes.forget(thread)
        self._heads = [head for head in self._heads if head[1] != thread]
        self.given_up |= dict.fromkeys(self.outbox.give_up_all(thread), REMOVED)

    def _note_stored(self, thread: int, key: Key, seq: int) -> None:
        self.told[thread, key].add(seq)
        if key[0] == self.user:
            self.outbox.stored(thread, key[1])

    def _look_for_holes(self, now: float) -> None:
        for thread, copy in self.copies.items():
            self._holes.look(thread, now, behind=copy.behind)

    def _believe_heads(self, now: float) -> None:
        due = [head for head in self._heads if head[0] <= now]
        self._heads = [head for head in self._heads if head[0] > now]
        for _, thread, version in due:
            self.copies[thread].hear_head(version)
        if due:
            self._look_for_holes(now)

    def _answered(self, question: Question, messages: list[dict[str, Any]], now: float) -> None:
        self._holes.close(question)
        self.counts["caught up"] += len(messages)
        for message in messages:
            self._note_stored(question.thread, key_of(message), message["seq"])
        self._look_for_holes(now)
