"""What is tried next, against a Django that is away, and against entries that nobody can store."""

from hypothesis import given, settings
from hypothesis import strategies as st

from privatemessages.broker.entries import Entry
from privatemessages.tornadoapp import batching
from privatemessages.tornadoapp.batching import Batching

ENOUGH = 4000  # attempts
NEWCOMERS = 10_000  # the thread of those who come while the rest is tried


def entry(number, thread=1, size=10):
    return Entry(f"{number}-0", thread, b"x" * size)


class Trial:
    """Tries entries until none is left, as the saver does, and remembers what came of them."""

    def __init__(self, entries, *, poison=(), window=200, most=200, answered=False):
        self.batching = Batching(most)
        self.waiting = list(entries)
        self.poison = {entry.id for entry in poison}
        self.window = window
        self.answered = answered
        self.stored = []
        self.set_aside = []
        self.attempts = 0

    def attempt(self, *, is_up=True):
        """One batch; whether there was any."""
        batch = self.batching.next(self.waiting[: self.window])
        if not batch:
            assert not self.waiting, "something waits and nothing is tried"
            return False
        self.attempts += 1
        if is_up and not self.poison.intersection(entry.id for entry in batch):
            self.batching.stored(batch)
            self._remove(batch)
            self.stored += batch
        elif hopeless := self.batching.failed(batch, answered=is_up and self.answered):
            self._remove([hopeless])
            self.set_aside.append(hopeless)
        return True

    def _remove(self, batch):
        gone = {entry.id for entry in batch}
        self.waiting = [entry for entry in self.waiting if entry.id not in gone]

    def finish(self):
        """Until nothing is left, while somebody else goes on writing."""
        newcomers = 1_000_000
        while self.waiting and self.attempts < ENOUGH:
            if not any(entry.thread_id == NEWCOMERS for entry in self.waiting):
                newcomers += 1
                self.waiting.append(entry(newcomers, NEWCOMERS))
            self.attempt()
            if {entry.thread_id for entry in self.waiting} <= {NEWCOMERS}:
                return


@st.composite
def backlogs(draw):
    threads = draw(st.lists(st.integers(1, 6), min_size=1, max_size=40))
    return [entry(number, thread) for number, thread in enumerate(threads)]


def in_order(entries):
    numbers = {}
    for one in entries:
        numbers.setdefault(one.thread_id, []).append(int(one.id.partition("-")[0]))
    return all(found == sorted(found) for found in numbers.values())


windows = st.integers(3, 60)
sizes = st.integers(1, 50)
outages = st.lists(st.tuples(st.integers(2, 8), st.integers(1, 60)), max_size=12)


@given(backlogs(), windows, sizes)
def test_where_all_is_well_all_is_stored_once_and_in_order(backlog, window, most):
    trial = Trial(backlog, window=window, most=most)
    while trial.attempt():
        pass
    assert trial.stored == backlog
    assert trial.attempts <= len(backlog)


@given(backlogs(), windows, sizes, outages, st.booleans())
@settings(deadline=None)
def test_outages_lose_nothing_and_change_no_order(backlog, window, most, schedule, answered):
    trial = Trial(backlog, window=window, most=most, answered=answered)
    newcomers = 1_000_000
    for up, down in schedule:
        for turn in range(up + down):
            newcomers += 1
            trial.waiting.append(entry(newcomers, NEWCOMERS + newcomers % 3))
            trial.attempt(is_up=turn < up)
    while trial.attempt():
        assert trial.attempts < ENOUGH

    assert trial.set_aside == []
    assert {entry.id for entry in backlog} <= {entry.id for entry in trial.stored}
    assert len({entry.id for entry in trial.stored}) == len(trial.stored)
    assert in_order(trial.stored)


def test_a_very_long_outage_sets_nothing_aside():
    backlog = [entry(number, number % 50) for number in range(500)]
    trial = Trial(backlog, answered=True)
    for _ in range(10_000):
        trial.attempt(is_up=False)
    assert (trial.stored, trial.set_aside) == ([], [])
    while trial.attempt():
        pass
    assert {entry.id for entry in trial.stored} == {entry.id for entry in backlog}
    assert in_order(trial.stored)


def test_a_django_that_comes_and_goes_has_nothing_set_aside():
    """It answers twice each time that it is started, and is gone again: all wait as suspects."""
    backlog = [entry(number, number) for number in range(100)]
    trial = Trial(backlog)
    while trial.waiting and trial.attempts < ENOUGH:
        for turn in range(32):
            trial.attempt(is_up=turn >= 30)
    assert trial.set_aside == []
    assert len(trial.stored) == len(backlog)


@given(
    backlogs(), st.sets(st.integers(0, 39), min_size=1, max_size=5), windows, sizes, st.booleans()
)
@settings(deadline=None)
def test_poison_is_set_aside_and_the_rest_is_stored_in_order(
    backlog, spoilt, window, most, answered
):
    poison = [one for one in backlog if int(one.id.partition("-")[0]) in spoilt]
    # What waits behind one that holds up its whole window is seen when that has gone.
    trial = Trial(backlog, poison=poison, window=window + 40, most=most, answered=answered)
    trial.finish()

    healthy = {one.id for one in backlog} - {one.id for one in poison}
    assert {one.id for one in trial.set_aside} == {one.id for one in poison}
    assert healthy <= {one.id for one in trial.stored}
    assert in_order(trial.stored)


def test_poison_alone_is_tried_for_ever():
    """It may be Django that is broken, and nobody else shows that it is not."""
    poison = entry(1)
    trial = Trial([poison], poison=[poison])
    for _ in range(1000):
        assert trial.attempt()
    assert trial.set_aside == []


def test_poison_does_not_hold_up_the_others():
    poison = entry(0, thread=1)
    backlog = [poison, *[entry(number, thread=number % 7 + 2) for number in range(1, 200)]]
    trial = Trial(backlog, poison=[poison])
    attempts = 0
    while len(trial.stored) < 199:
        trial.attempt()
        attempts += 1
        assert attempts < 60


def test_two_that_poison_one_thread_go_one_after_the_other():
    backlog = [entry(number, thread=1) for number in range(6)]
    trial = Trial(backlog, poison=[backlog[0], backlog[3]])
    trial.finish()
    assert [one.id for one in trial.set_aside] == ["0-0", "3-0"]
    mine = [one for one in trial.stored if one.thread_id == 1]
    assert [one.id for one in mine] == ["1-0", "2-0", "4-0", "5-0"]


def test_where_only_one_thread_is_alive_its_next_entry_is_the_witness():
    backlog = [entry(number, thread=1) for number in range(40)]
    trial = Trial(backlog, poison=backlog[:1], answered=True)
    while trial.attempt():
        assert trial.attempts < ENOUGH
    assert [one.id for one in trial.set_aside] == ["0-0"]
    assert in_order(trial.stored)


def test_a_batch_is_cut_by_number_and_by_bytes(monkeypatch):
    monkeypatch.setattr(batching, "BYTES_LIMIT", 100)
    few = Batching(most=3)
    assert len(few.next([entry(number) for number in range(10)])) == 3
    many = Batching(most=50)
    assert len(many.next([entry(number, size=40) for number in range(10)])) == 2
    # One that is larger than the limit goes alone.
    assert len(many.next([entry(number, size=400) for number in range(10)])) == 1


def test_a_batch_that_fails_is_halved_and_grows_again():
    trial = Batching(most=16)
    waiting = [entry(number, thread=number) for number in range(64)]
    sizes = []
    for _ in range(3):
        batch = trial.next(waiting)
        sizes.append(len(batch))
        trial.failed(batch, answered=True)
    for _ in range(4):
        batch = trial.next(waiting)
        sizes.append(len(batch))
        trial.stored(batch)
    assert sizes == [16, 8, 4, 2, 4, 8, 16]
