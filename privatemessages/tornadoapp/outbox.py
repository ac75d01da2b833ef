"""Saving: from the outboxes whose lease is held here, through Django, into the database."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter

from .. import protocol
from ..broker.asynchronous import Broker
from ..broker.entries import Entry
from ..errors import Unavailable
from .batching import Batching
from .endpoints import CallFailed
from .leases import Leases
from .monitoring import Metrics
from .posting import Answer, Posting
from .reads import ReadMark, ReadMarks

GATHER_PAUSE = 0.03  # s; what is spoken meanwhile goes into the same batch
READS_PAUSE = 0.5  # s that read marks may wait for a batch: unread counts agree within a second
BACKOFF = 0.1  # s, doubling
BACKOFF_LIMIT = 3.0  # s

logger = logging.getLogger(__name__)


class Saver:
    def __init__(
        self, broker: Broker, posting: Posting, most: int, lease_seconds: float, metrics: Metrics
    ) -> None:
        self._broker = broker
        self._posting = posting
        self._most = most
        self._metrics = metrics
        self._batching = Batching(most)
        self._reads = ReadMarks()
        self._reads_due = False
        self._busy: set[int] = set()
        self._woken: set[int] = set()
        self._wanted = asyncio.Event()
        self._backoff = BACKOFF
        self._stopping = False
        self.leases = Leases(broker, lease_seconds, metrics, self._wake_all)

    def wake(self, partition: int) -> None:
        self._wake_all({partition})

    def mark_read(self, mark: ReadMark) -> None:
        if not self._reads:
            asyncio.get_running_loop().call_later(READS_PAUSE, self._flush_reads)
        self._reads.add(mark)

    async def run(self) -> None:
        """Until `stop`; then the batch that is on its way is finished, and one more is tried."""
        while not self._stopping:
            await self._wanted.wait()
            self._wanted.clear()
            await self._drain()
        if self._wanted.is_set() and self._backoff == BACKOFF:
            await self._save_or_give_up()

    def stop(self) -> None:
        self._stopping = True
        self._flush_reads()

    async def _drain(self) -> None:
        while await self._save_or_back_off() and not self._stopping:
            pass

    async def _save_or_back_off(self) -> bool:
        """Whether there may be more to save."""
        try:
            more = await self._save_some()
        except (Unavailable, CallFailed) as error:
            await self._back_off(error)
            return True
        self._recover()
        return more

    async def _save_or_give_up(self) -> None:
        try:
            await self._save_some()
        except (Unavailable, CallFailed) as error:
            logger.warning("What waits is left to others: %s", error)

    async def _save_some(self) -> bool:
        await asyncio.sleep(GATHER_PAUSE)
        batch = self._batching.next(await self._waiting())
        reads = self._reads.take() if batch or self._reads_due else []
        if not batch and not reads:
            self._reads_due = False
            return bool(self._woken)
        answers = await self._post(batch, reads)
        await self._finish(batch, answers)
        return True

    async def _waiting(self) -> list[Entry]:
        """The oldest entries of the partitions that are not known to be empty."""
        self._busy |= self._woken
        self._woken = set()
        asked = sorted(self._busy & self.leases.held)
        share = -(-self._most // max(1, len(asked)))
        found = await self._broker.read_outboxes(asked, share)
        # A wake-up call that came meanwhile is in `_woken`, so none is lost here.
        self._busy = {number for number, entries in zip(asked, found, strict=True) if entries}
        # By age, or what comes in elsewhere would for ever stand before one that cannot be stored.
        return sorted(chain.from_iterable(found), key=attrgetter("age"))

    async def _post(self, batch: Sequence[Entry], reads: Sequence[ReadMark]) -> list[Answer]:
        try:
            with self._metrics.batch_seconds.time():
                return await self._posting.post(batch, reads)
        except CallFailed as failure:
            for mark in reads:
                self._reads.add(mark)
            await self._give_up_hopeless(batch, failure)
            raise

    async def _finish(self, batch: Sequence[Entry], answers: Sequence[Answer]) -> None:
        self._batching.stored(batch)
        now = time.time()
        for entry, answer in zip(batch, answers, strict=True):
            self._metrics.saved.labels(answer.status).inc()
            self._metrics.store_seconds.observe(max(0.0, now - entry.accepted_at / 1000))
            self._note(entry, answer)
        if batch:
            self._metrics.batches.observe(len(batch))
            await self._broker.acknowledge(batch)
            self._repeat_refusals(batch, answers)

    def _repeat_refusals(self, batch: Sequence[Entry], answers: Sequence[Answer]) -> None:
        """Django has told them, but to no socket that was greeted from the outbox meanwhile."""
        for entry, answer in zip(batch, answers, strict=True):
            if answer.status == "refused":
                told = self._broker.tell_thread(entry.thread_id, _refusal(entry, answer))
                # Dropped where Redis has just gone: the next greeting knows nothing of the message.
                told.add_done_callback(lambda future: future.exception())

    async def _give_up_hopeless(self, batch: Sequence[Entry], failure: CallFailed) -> None:
        if not batch:
            return
        hopeless = self._batching.failed(batch, answered=failure.answered)
        if hopeless is not None:
            self._metrics.set_aside.inc()
            names = self._names(hopeless)
            logger.error("An entry only fails and is set aside: %s", failure, extra=names)
            await self._broker.set_aside(hopeless, str(failure))

    def _note(self, entry: Entry, answer: Answer) -> None:
        level = logging.WARNING if answer.status == "refused" else logging.DEBUG
        if logger.isEnabledFor(level):
            names = {**self._names(entry), "code": answer.code}
            logger.log(level, "A message was saved: %s", answer.status, extra=names)

    def _names(self, entry: Entry) -> dict[str, object]:
        """For the log: of what a line speaks."""
        return {
            "entry": entry.id,
            "thread_id": entry.thread_id,
            "partition": self._broker.partition_of(entry.thread_id),
            "message_id": entry.identity.rpartition(":")[2] or None,
        }

    async def _back_off(self, error: Exception) -> None:
        self._metrics.save_failures.inc()
        if self._backoff == BACKOFF:
            logger.warning("Saving fails and will be tried until it works: %s", error)
        await asyncio.sleep(self._backoff * (0.5 + random.random() / 2))  # noqa: S311 - a jitter
        self._backoff = min(self._backoff * 2, BACKOFF_LIMIT)

    def _recover(self) -> None:
        if self._backoff != BACKOFF:
            logger.warning("Saving works again.")
        self._backoff = BACKOFF

    def _wake_all(self, partitions: set[int]) -> None:
        self._woken |= partitions
        self._wanted.set()

    def _flush_reads(self) -> None:
        self._reads_due = True
        self._wanted.set()


def _refusal(entry: Entry, answer: Answer) -> protocol.Refused:
    message = entry.message
    sender = message.sender.id if message.sender else ""
    return protocol.Refused(
        thread=entry.thread_id, sender=sender, id=message.id, code=answer.code or ""
    )
