"""What a client asks the history, because it missed something. Pure; times are in s."""

from dataclasses import dataclass

HOLE_WAIT = 0.3  # s; two processes may publish in the other order
RETRY_PAUSE = 1.0  # s after a question that was not answered


@dataclass(frozen=True)
class Question:
    """What changed in this thread since this version?"""

    thread: int
    since: int


class Holes:
    """At most one question of each thread is on its way."""

    def __init__(self) -> None:
        self._due: dict[int, float] = {}
        self._asked: dict[int, Question] = {}

    def look(self, thread: int, now: float, *, behind: bool) -> None:
        if not behind:
            self._due.pop(thread, None)
        elif thread not in self._asked:
            self._due.setdefault(thread, now + HOLE_WAIT)

    def due(self, now: float) -> list[int]:
        return [thread for thread, at in self._due.items() if at <= now]

    def ask(self, thread: int, since: int) -> Question:
        del self._due[thread]
        question = self._asked[thread] = Question(thread, since)
        return question

    def awaits(self, question: Question) -> bool:
        """Not where I left the thread since, though I may be back."""
        return self._asked.get(question.thread) is question

    def close(self, question: Question) -> None:
        del self._asked[question.thread]

    def ask_again(self, question: Question, now: float) -> None:
        self.close(question)
        self._due[question.thread] = now + RETRY_PAUSE

    def forget(self, thread: int) -> None:
        self._due.pop(thread, None)
        self._asked.pop(thread, None)
