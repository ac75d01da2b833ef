"""Which entries are tried next: whole batches, halves after a failure, suspects alone. Pure.

A batch can fail because Django is away, and then nothing may be given up; or because of one entry
that can never be stored, and then it must not hold up the rest. The difference is shown by others:
an entry is set aside only when it failed alone right behind something that was stored, so often
that no Django which comes and goes can be the cause.
Entries of one thread are never stored out of order, except behind one that is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..broker.entries import Entry

BYTES_LIMIT = 1024 * 1024  # of frames in one batch; Django's own limit is 2.5 MB
# Strikes for a failure alone, right behind something that was stored. One that Django did not
# answer may be a Django that is going away just then.
ANSWERED, UNANSWERED = 2, 1
STRIKES = 24  # with which an entry is set aside
LONELY_FAILURES = 10  # after which the next entry of the same thread may be the witness


@dataclass
class Suspect:
    entry: Entry
    failures: int = 0
    strikes: int = 0
    others_stored: bool = False


class Batching:
    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = most
        self._is_up = False  # the last thing that was tried was stored
        self._suspects: dict[int, Suspect] = {}  # by thread, which it holds up meanwhile

    def next(self, waiting: Sequence[Entry]) -> list[Entry]:
        """What to try now, of the entries that wait, which are in order."""
        self._forget_the_gone(waiting)
        for suspect in self._suspects.values():
            if suspect.others_stored:
                return [suspect.entry]
        free = [entry for entry in waiting if entry.thread_id not in self._suspects]
        return self._cut(free) or self._next_lonely(waiting)

    def stored(self, batch: Iterable[Entry]) -> None:
        """Django answered for these."""
        for entry in batch:
            suspect = self._suspects.get(entry.thread_id)
            if suspect is not None and suspect.entry.id == entry.id:
                del self._suspects[entry.thread_id]
        for suspect in self._suspects.values():
            suspect.others_stored = True
        self._is_up = True
        self._limit = min(self._most, self._limit * 2)

    def failed(self, batch: Sequence[Entry], *, answered: bool) -> Entry | None:
        """Returns an entry that is to be set aside now.

        `answered` tells that Django itself answered with a failure: it was not away.
        """
        was_up, self._is_up = self._is_up, False
        if len(batch) > 1:
            self._limit = max(1, len(batch) // 2)
            return None
        return self._suspect(batch[0], was_up=was_up, answered=answered)

    def _suspect(self, entry: Entry, *, was_up: bool, answered: bool) -> Entry | None:
        suspect = self._suspects.pop(entry.thread_id, None) or Suspect(entry)
        self._suspects[entry.thread_id] = suspect  # the last one: they take turns
        if suspect.entry.id != entry.id:
            return None
        suspect.failures += answered
        if was_up and suspect.others_stored:
            suspect.strikes += ANSWERED if answered else UNANSWERED
        suspect.others_stored = False
        if suspect.strikes < STRIKES:
            return None
        del self._suspects[entry.thread_id]
        return entry

    def _next_lonely(self, waiting: Sequence[Entry]) -> list[Entry]:
        """All that waits is held up by suspects, which take turns."""
        if not self._suspects:
            return []
        thread_id = next(iter(self._suspects))
        suspect = self._suspects[thread_id] = self._suspects.pop(thread_id)
        behind = [entry for entry in waiting if entry.thread_id == thread_id][1:2]
        if behind and suspect.failures >= LONELY_FAILURES:
            suspect.failures -= 1  # the next turn is the suspect's own again
            return behind
        return [suspect.entry]

    def _cut(self, entries: Sequence[Entry]) -> list[Entry]:
        size, count = 0, 0
        for entry in entries[: self._limit]:
            size += len(entry.frame)
            if size > BYTES_LIMIT and count:
                break
            count += 1
        return list(entries[:count])

    def _forget_the_gone(self, waiting: Sequence[Entry]) -> None:
        present = {entry.id for entry in waiting}
        self._suspects = {
            thread_id: suspect
            for thread_id, suspect in self._suspects.items()
            if suspect.entry.id in present
        }
