"""A thread in Chromium where its history itself changes: erased messages, a restored backup."""

import pytest

PLAY = """
async ({start, events}) => {
  const { begin, reduce } = await import("/js/store.js");
  const { timeline } = await import("/js/timeline.js");
  let state = begin(start);
  for (const event of events) state = reduce(state, event);
  const shown = timeline(state).map(({seq, text, sender}) => [seq, sender?.id ?? null, text]);
  return { shown, version: state.version, behind: state.behind };
}
"""


def message(seq, *, version=None, text=None, sender="7", name=None):
    return {
        "type": "message", "thread": 1, "id": name or f"id{seq}", "kind": "text",
        "text": text or f"text {seq}", "sender": sender and {"id": sender, "name": "ann"},
        "sent_at": seq, "reply_to": None, "seq": seq, "version": version or seq,
    }  # fmt: skip


def erased(seq, version):
    happening = {"code": "erased", "person": None, "value": "", "members": None}
    gone = message(seq, version=version, text="removed", sender=None)
    return {**gone, "kind": "event", "event": happening}


def page(first, last):
    found = [message(seq) for seq in range(first, last + 1)]
    return {"messages": found, "version": last, "is_oldest": first == 1, "is_newest": True}


@pytest.fixture
def play(scripts):
    def play(start, *events):
        return scripts.evaluate(PLAY, {"start": start, "events": list(events)})

    return play


REST = [[1, "7", "text 1"], [2, None, "removed"], [3, "7", "text 3"]]


def test_a_note_takes_the_place_of_what_was_removed(play):
    end = play(page(1, 3), erased(2, 4))
    assert end == {"shown": REST, "version": 4, "behind": False}


def test_what_was_removed_does_not_come_back_with_an_older_answer(play):
    old = {"type": "changes", "asked": 4, "messages": [message(2)], "version": 4}
    assert play(page(1, 3), erased(2, 4), old)["shown"] == REST


def test_a_removal_that_was_missed_is_a_hole_which_the_history_closes(play):
    missed = erased(3, 5)
    assert play(page(1, 3), missed)["behind"]
    answer = {"type": "changes", "asked": 5, "messages": [erased(2, 4), missed], "version": 5}
    end = play(page(1, 3), missed, answer)
    assert (end["shown"], end["behind"]) == ([*REST[:2], [3, None, "removed"]], False)


def test_a_history_that_ends_earlier_is_asked_about(play):
    assert play(page(1, 90), {"type": "head", "version": 70})["behind"]
    assert not play(page(1, 90), {"type": "head", "version": 90})["behind"]


def test_a_head_that_came_late_does_no_harm(play):
    answer = {"type": "changes", "asked": 90, "messages": [], "version": 90}
    end = play(page(41, 90), {"type": "head", "version": 70}, answer)
    assert (end["version"], end["behind"], len(end["shown"])) == (90, False, 50)


def test_after_a_restored_backup_it_goes_on_with_what_the_history_has(play):
    fresh = {"type": "fresh", "asked": 90, **page(21, 70)}
    new = message(71, name="new", text="new", sender="8")
    end = play(page(41, 90), {"type": "head", "version": 70}, fresh, new)

    assert (end["version"], end["behind"]) == (71, False)
    assert end["shown"] == [[n, "7", f"text {n}"] for n in range(21, 71)] + [[71, "8", "new"]]
