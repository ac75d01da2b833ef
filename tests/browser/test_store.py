"""The store in Chromium: whatever is told, in whatever order, it ends in what the history says."""

from hypothesis import example, find, given, note
from hypothesis import strategies as st

from tests.browser.generated import drawn
from tests.services import ROOT

HARNESS = (ROOT / "tests" / "browser" / "store_harness.js").read_text()
LONGEST = 130  # messages; more than two pages
EXAMPLES = 400

messages = st.integers(1, LONGEST)
ghosts = st.integers(1, 3)

steps = st.one_of(
    st.tuples(st.just("spoken"), messages),
    st.tuples(st.just("message"), messages),
    st.tuples(st.just("stored"), st.lists(messages, min_size=1, max_size=6)),
    st.tuples(st.just("refused"), messages),
    st.tuples(st.just("ghostSpoken"), ghosts),
    st.tuples(st.just("ghostRefused"), ghosts),
    st.tuples(st.just("head"), messages),
    st.tuples(st.just("grow"), messages),
    st.tuples(st.sampled_from(["ask", "askFresh", "askOlder", "askNewer", "answer", "answerLast"])),
    st.tuples(st.sampled_from(["trimOlder", "trimNewer"]), st.integers(0, 60)),
    st.tuples(st.sampled_from(["clear", "thread"])),
    st.tuples(st.sampled_from(["doubt", "settle", "bogus"])),
)

streams = st.fixed_dictionaries(
    {
        "total": st.integers(0, LONGEST),
        "start": st.integers(0, LONGEST),
        "at": st.integers(0, LONGEST),
        "steps": st.lists(steps, max_size=40),
    }
)


def run(page, stream, deaf=()):
    return page.evaluate(HARNESS, {"deaf": [*deaf], **stream})


def history(total, cleared=0):
    return [[seq, f"text {seq}"] for seq in range(cleared + 1, total + 1)]


def is_part_of(truth, shown):
    """In the same order and without a gap."""
    begins = truth.index(shown[0]) if shown else 0
    return truth[begins : begins + len(shown)] == shown


# A page that was asked for before a clearing, and comes behind it.
OVERTAKEN = {"total": 51, "start": 50, "steps": [("askFresh",), ("clear",), ("thread",)]}


@drawn(EXAMPLES)
@given(stream=streams)
@example(stream=OVERTAKEN)
def test_ends_in_what_the_history_says(scripts, stream):
    end = run(scripts, stream)
    note(str(end))
    truth = history(stream["total"], end["cleared"])
    assert not end["behind"]
    assert end["version"] == stream["total"]
    assert is_part_of(truth, end["shown"])
    assert not end["atEnd"] or end["shown"] == truth[len(truth) - len(end["shown"]) :]
    assert not end["atStart"] or end["shown"] == truth[: len(end["shown"])]
    assert end["spoken"] == []
    assert end["whole"] == truth
    assert end["counts"] == end["trueCounts"]


def test_would_not_if_it_did_not_catch_up(scripts):
    """The check above is worth something: it notices a store that is deaf to the history."""
    stream = find(
        streams,
        lambda stream: run(scripts, stream, deaf=["changes", "fresh"])["behind"],
        settings=drawn(EXAMPLES),
    )
    assert not run(scripts, stream)["behind"]


def told(page, *events, total=10):
    """The end of a stream of legal steps without any question to the server."""
    stream = {"total": total, "start": total, "steps": [*events], "deaf": [], "raw": True}
    return page.evaluate(HARNESS, stream)


def test_shows_what_is_spoken_after_what_is_stored_in_the_order_of_arrival(scripts):
    end = told(scripts, ["spoken", 12], ["ghostSpoken", 1], ["spoken", 11], total=3)
    assert [text for _, text in end["shown"]] == ["text 1", "text 2", "text 3"]
    assert end["spoken"] == ["text 12", "ghost 1", "text 11"]


def test_gives_a_spoken_message_its_number(scripts):
    end = told(scripts, ["spoken", 12], ["spoken", 11], ["stored", [11, 12]])
    assert end["shown"][-2:] == [[11, "text 11"], [12, "text 12"]]
    assert (end["version"], end["behind"], end["spoken"]) == (12, False, [])


def test_is_behind_when_a_number_is_told_of_a_message_that_it_does_not_have(scripts):
    assert told(scripts, ["stored", [11]])["behind"]
    assert told(scripts, ["spoken", 12], ["stored", [12]])["behind"]
    assert told(scripts, ["message", 12])["behind"]
    assert told(scripts, ["head", 11])["behind"]


def test_two_that_are_told_in_the_other_order_are_no_hole(scripts):
    assert not told(scripts, ["message", 12], ["message", 11])["behind"]
    assert not told(scripts, ["stored", [11]], ["spoken", 11])["behind"]


def test_old_numbers_told_again_change_nothing(scripts):
    end = told(scripts, ["stored", [3, 4]], ["message", 2], ["spoken", 5])
    assert (end["version"], end["behind"], end["spoken"]) == (10, False, [])
    assert end["shown"] == history(10)


def test_a_refused_message_disappears_and_a_stored_one_does_not(scripts):
    end = told(scripts, ["ghostSpoken", 1], ["ghostRefused", 1], ["refused", 4])
    assert end["spoken"] == []
    assert end["shown"] == history(10)
    assert told(scripts, ["ghostRefused", 1], ["ghostSpoken", 1])["spoken"] == []


def test_an_old_message_spoken_again_does_not_stay_at_the_end(scripts):
    end = told(scripts, ["spoken", 3], ["stored", [3]], total=80)
    assert len(end["shown"]) == 50
    assert end["spoken"] == []


def test_drops_after_a_reconnect_what_is_not_spoken_again(scripts):
    both = ["ghostSpoken", 1], ["ghostSpoken", 2]
    assert told(scripts, *both)["spoken"] == ["ghost 1", "ghost 2"]
    assert told(scripts, *both, ["doubt"], both[1], ["settle"])["spoken"] == ["ghost 2"]


def test_believes_the_history_about_what_does_not_exist(scripts):
    lies = ["head", 40], ["message", 30], ["stored", [20]]
    assert told(scripts, *lies)["behind"]
    end = told(scripts, *lies, ["ask"], ["answer"])
    assert (end["version"], end["behind"], end["shown"]) == (10, False, history(10))
    again = told(scripts, ["message", 12], ["ask"], ["answer"], ["message", 11])
    assert (again["version"], again["behind"]) == (11, False)
    again = told(scripts, ["stored", [12]], ["ask"], ["answer"], ["spoken", 12])
    assert again["spoken"] == ["text 12"]
    late = told(scripts, ["ask"], ["message", 11], ["answer"])
    assert (late["version"], late["behind"], late["shown"]) == (11, False, history(11))


def test_an_earlier_page_that_was_asked_before_starting_afresh_leaves_no_gap(scripts):
    asked = ["askOlder"], ["grow", 130], ["head", 130], ["askFresh"]
    stream = {"total": 130, "start": 60, "deaf": [], "raw": True}
    end = run(scripts, {**stream, "steps": [*asked, ["answerLast"], ["answer"]]})
    assert end["shown"] == history(130)[80:]
    end = run(scripts, {**stream, "steps": [*asked, ["answer"], ["answer"]]})
    assert end["shown"] == history(130)[80:]


def test_what_was_cleared_is_gone_at_once_and_does_not_come_back(scripts):
    clear = ["clear"], ["thread"]
    stream = {"total": 131, "start": 130, "deaf": [], "raw": True}
    end = run(scripts, {**stream, "steps": [*clear]})
    assert (end["shown"], end["atStart"], end["behind"]) == ([], True, True)
    late = ["message", 100], ["spoken", 100], ["stored", [100]], ["message", 131]
    end = run(scripts, {**stream, "steps": [*clear, *late]})
    assert (end["shown"], end["version"], end["behind"]) == ([[131, "text 131"]], 131, False)
    assert run(scripts, {**stream, "steps": [["askOlder"], *clear, ["answer"]]})["shown"] == []


def test_learns_from_the_history_what_was_cleared(scripts):
    stream = {"total": 131, "start": 130, "deaf": [], "raw": True}
    for question in ("ask", "askFresh"):
        end = run(scripts, {**stream, "steps": [["clear"], ["head", 131], [question], ["answer"]]})
        assert (end["shown"], end["version"]) == ([[131, "text 131"]], 131)


def test_counts_what_was_written_and_not_what_happened(scripts):
    assert told(scripts)["counts"] == "9 3"  # the seventh is an event
    assert told(scripts, *(["message", seq] for seq in range(11, 19)))["counts"] == "16 6"
    stream = {"total": 13, "start": 10, "deaf": [], "raw": True}
    end = run(scripts, {**stream, "steps": [["clear"], ["thread"], ["message", 12]]})
    assert end["counts"] == "1 1"


def test_a_change_of_the_thread_without_its_entry_is_a_hole(scripts):
    stream = {"total": 11, "start": 10, "deaf": [], "raw": True}
    end = run(scripts, {**stream, "steps": [["message", 11], ["grow", 11], ["thread"]]})
    assert not end["behind"]
    assert run(scripts, {**stream, "steps": [["grow", 11], ["thread"]]})["behind"]
