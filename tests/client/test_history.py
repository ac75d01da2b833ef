from hypothesis import given
from hypothesis import strategies as st

from tests.client.history import Copy

ANN = "1"


def message(name, seq=None):
    sender = {"id": ANN, "name": "Ann"}
    return {"sender": sender, "id": name, "text": f"text of {name}", "seq": seq}


def told(copy, *names):
    """Spoken and then stored, in this order."""
    for name in names:
        copy.hear_message(message(name))
        copy.hear_stored((ANN, name), copy.told + 1)


def names(copy):
    return [name for _, (_, name), _ in copy.stored]


def test_what_is_spoken_has_no_number_until_it_is_stored():
    copy = Copy()
    copy.hear_message(message("a"))
    assert (copy.stored, copy.spoken, copy.version) == ([], [(ANN, "a")], 0)
    copy.hear_stored((ANN, "a"), 1)
    assert (names(copy), copy.spoken, copy.version) == (["a"], [], 1)


def test_the_numbers_make_the_order_and_not_the_hearing():
    copy = Copy()
    for name in "ab":
        copy.hear_message(message(name))
    copy.hear_stored((ANN, "b"), 1)
    copy.hear_stored((ANN, "a"), 2)
    assert names(copy) == ["b", "a"]


def test_a_number_of_something_unheard_is_a_hole():
    copy = Copy()
    told(copy, "a")
    copy.hear_stored((ANN, "missed"), 2)
    told(copy, "c")
    assert copy.behind
    assert copy.version == 1
    copy.catch_up([message("missed", 2), message("c", 3)], 3)
    assert not copy.behind
    assert names(copy) == ["a", "missed", "c"]


def test_a_head_that_is_further_is_a_hole():
    copy = Copy()
    copy.hear_head(0)
    assert not copy.behind
    copy.hear_head(1)
    assert copy.behind


def test_starting_over_keeps_what_is_newer_than_the_page():
    copy = Copy()
    told(copy, "a")
    copy.hear_head(301)
    copy.hear_message(message("newest"))
    copy.hear_stored((ANN, "newest"), 302)
    copy.start_over([message("y", 300), message("z", 301)], 301)
    assert (names(copy), copy.oldest, copy.behind) == (["y", "z", "newest"], 300, False)


def test_two_numbers_for_one_message_contradict_each_other():
    copy = Copy()
    told(copy, "a")
    copy.hear_stored((ANN, "a"), 2)
    assert copy.contradictions


def test_a_number_that_something_else_has_contradicts_it():
    copy = Copy()
    told(copy, "a")
    copy.hear_stored((ANN, "b"), 1)
    assert copy.contradictions


@given(st.permutations(range(1, 7)), st.sets(st.integers(1, 6)), st.integers(0, 6))
def test_in_any_order_and_with_losses_it_ends_as_the_history_has_it(order, lost, asked_after):
    copy = Copy()
    history = [message(f"m{seq}", seq) for seq in range(1, 7)]
    for heard, seq in enumerate(order):
        if heard == asked_after:
            copy.catch_up(history[copy.version :], 6)
        if seq not in lost:
            copy.hear_message(message(f"m{seq}"))
        copy.hear_stored((ANN, f"m{seq}"), seq)
    if copy.behind:
        copy.catch_up(history[copy.version :], 6)
    assert names(copy) == [f"m{seq}" for seq in range(1, 7)]
    assert (copy.version, copy.behind, copy.spoken, copy.contradictions) == (6, False, [], [])


def test_what_was_refused_disappears_and_does_not_come_back():
    copy = Copy()
    copy.hear_message(message("late"))
    copy.hear_refused((ANN, "late"))
    copy.hear_message(message("late"))
    assert copy.spoken == []


def test_what_was_spoken_is_told_again_on_a_new_connection_or_is_gone():
    copy = Copy()
    told(copy, "a")
    copy.hear_message(message("b"))
    copy.connected_anew()
    assert (names(copy), copy.spoken) == (["a"], [])


def test_what_is_not_mine_any_more_is_dropped():
    copy = Copy()
    told(copy, "a", "b")
    copy.catch_up([message("c", 3)], 3, cleared=1)
    assert names(copy) == ["b", "c"]


def test_a_number_of_something_that_i_may_not_see_contradicts_nothing():
    copy = Copy()
    copy.catch_up([message("b", 2)], 2, cleared=1)
    copy.hear_stored((ANN, "a"), 1)
    assert copy.contradictions == []


def test_an_event_is_kept_by_its_value():
    copy = Copy()
    copy.hear_message(message("a", 1) | {"event": {"code": "renamed", "value": "Kitchen"}})
    assert copy.stored == [(1, (ANN, "a"), "Kitchen")]


def test_what_lost_its_sender_is_the_same_entry():
    copy = Copy()
    told(copy, "a", "b")
    copy.hear_message({**message("a", 1), "sender": None, "version": 3})
    assert [(seq, key) for seq, key, _ in copy.stored] == [(1, ("", "a")), (2, (ANN, "b"))]
    assert (copy.version, copy.behind) == (3, False)


def test_a_head_that_is_less_far_is_asked_about():
    copy = Copy()
    told(copy, "a", "b")
    copy.hear_head(1)
    assert copy.behind
    copy.catch_up([], 2)
    assert not copy.behind


def test_after_a_restored_backup_it_counts_on_from_there():
    copy = Copy()
    told(copy, "a", "lost", "lost too")
    copy.hear_head(1)
    copy.start_over([message("a", 1)], 1)
    told(copy, "b")
    assert (names(copy), copy.version, copy.behind) == (["a", "b"], 2, False)
    assert not copy.contradictions
