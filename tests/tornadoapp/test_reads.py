from hypothesis import given
from hypothesis import strategies as st

from privatemessages.tornadoapp import reads
from privatemessages.tornadoapp.reads import ReadMark, ReadMarks

marks = st.builds(
    ReadMark, st.integers(1, 3), st.sampled_from("ab"), st.integers(0, 9), st.integers(0, 9)
)


@given(st.lists(marks))
def test_only_the_highest_and_latest_of_each_person_and_thread_is_kept(added):
    gathered = ReadMarks()
    for mark in added:
        gathered.add(mark)
    highest = {}
    for mark in added:
        key = mark.thread, mark.user
        highest[key] = max((mark.seq, mark.at), highest.get(key, (0, 0)))

    assert len(gathered) == len(highest)
    taken = gathered.take()
    assert {(mark.thread, mark.user): (mark.seq, mark.at) for mark in taken} == highest
    assert len(taken) == len(highest)
    assert not gathered


def test_the_oldest_go_first_and_the_rest_stays(monkeypatch):
    monkeypatch.setattr(reads, "MARKS_AT_ONCE", 2)
    gathered = ReadMarks()
    for thread in range(5):
        gathered.add(ReadMark(thread, "a", 1, 0))
    assert [mark.thread for mark in gathered.take()] == [0, 1]
    assert [mark.thread for mark in gathered.take()] == [2, 3]
    assert len(gathered) == 1


def test_one_that_could_not_be_saved_does_not_undo_a_newer_one():
    gathered = ReadMarks()
    gathered.add(ReadMark(1, "a", 5, 1))
    failed = gathered.take()
    gathered.add(ReadMark(1, "a", 8, 0))
    for mark in failed:
        gathered.add(mark)
    assert gathered.take() == [ReadMark(1, "a", 8, 0)]
