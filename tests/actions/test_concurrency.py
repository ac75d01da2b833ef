"""Real transactions beside each other: threads with a connection each."""

import random

import pytest

from privatemessages import actions
from privatemessages.actions import ReadMark
from privatemessages.models import Member, Message, Thread
from tests.actions.together import run_together
from tests.messenger import entry

SEED = 20  # printed with a failure by pytest, as every constant is
ROUNDS = 12  # for each writer
BATCH = 8  # messages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def threads(alice, bob, carol):
    pairs = [(alice, bob), (alice, carol), (bob, carol)]
    return [(actions.start_direct_thread(*pair)[0], pair) for pair in pairs]


def saver(threads, seed):
    """Batches over all threads, each in another order, with some entries of the last one again."""
    chance = random.Random(seed)  # noqa: S311 - no secret

    def save():
        statuses, last = [], []
        for _ in range(ROUNDS):
            chosen = [chance.choice(threads) for _ in range(BATCH)]
            batch = [entry(thread, chance.choice(pair)) for thread, pair in chosen]
            marks = [
                ReadMark(thread=thread.id, user=str(pair[0].pk), seq=chance.randrange(50))
                for thread, pair in chosen
            ]
            results = actions.save_batch(batch + last, marks)
            statuses += [result.status for result in results]
            last = batch[: BATCH // 2]
        return statuses

    return save


def sender(threads, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret

    def send():
        for _ in range(ROUNDS):
            thread, pair = chance.choice(threads)
            actions.send_message(chance.choice(pair), thread.id, "from Django")
            actions.mark_read(chance.choice(pair), thread.id, chance.randrange(50))
        return ["stored"] * ROUNDS

    return send


def test_saves_beside_sends_neither_deadlock_nor_leave_a_gap(threads):
    jobs = [saver(threads, SEED + n) for n in range(3)] + [
        sender(threads, SEED + n) for n in range(3, 6)
    ]

    statuses = [status for job in run_together(*jobs) for status in job]

    assert set(statuses) == {"stored", "duplicate"}
    stored = statuses.count("stored")
    assert stored == 3 * ROUNDS * BATCH + 3 * ROUNDS
    assert Message.objects.count() == stored
    for thread, _ in threads:
        thread.refresh_from_db()
        assert thread.version == thread.text_count > 0
        numbers = list(thread.messages.in_order().values_list("seq", flat=True))
        assert numbers == list(range(1, thread.version + 1))
        assert thread.last_message.seq == thread.version
    assert sum(Member.objects.values_list("sent_count", flat=True)) == stored


def test_the_same_batch_saved_by_two_workers_at_once_is_stored_once(threads):
    thread, (person, _) = threads[0]
    for _ in range(5):
        batch = [entry(thread, person) for _ in range(BATCH)]
        before = Thread.objects.get(pk=thread.pk).version

        results = run_together(*[lambda batch=batch: actions.save_batch(batch)] * 3)

        expected = list(range(before + 1, before + BATCH + 1))
        assert [[result.seq for result in each] for each in results] == [expected] * 3
        statuses = [{result.status for result in each} for each in results]
        assert sorted(statuses, key=str) == [{"duplicate"}, {"duplicate"}, {"stored"}]
    assert Thread.objects.get(pk=thread.pk).version == 5 * BATCH


def test_a_mark_that_two_roads_move_ends_at_the_higher_one(threads):
    thread, (alice, bob) = threads[0]
    for _ in range(5):
        actions.save_batch([entry(thread, alice) for _ in range(BATCH)])
        version = Thread.objects.get(pk=thread.pk).version
        low = ReadMark(thread=thread.id, user=str(bob.pk), seq=version - 3)

        run_together(
            lambda version=version: actions.mark_read(bob, thread.id, version),
            lambda low=low: actions.save_batch([], [low]),
        )

        assert Member.objects.get(thread=thread, user=bob).read_seq == version
