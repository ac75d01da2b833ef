"""The inbox's state in Chromium: unread counts, order, and which cards only the server can tell."""

from hypothesis import given
from hypothesis import strategies as st

from tests.browser.generated import drawn

PLAY = """async ({ cards, events }) => {
    const { Cards } = await import("/cards.js");
    const inbox = new Cards("1", cards);
    for (const event of events) inbox.hear(event);
    const seen = inbox.sorted().map((card) => {
        const { id, title, version, read, unread, member_count, last_message } = card;
        return { id, title, version, read, unread, member_count, last: last_message?.text ?? null };
    });
    return { seen, stale: [...inbox.stale] };
}"""

HOLD = """async ({ cards, events }) => {
    const { Cards } = await import("/cards.js");
    const inbox = new Cards("1", cards);
    const before = new Map(inbox.held);
    for (const event of events) inbox.hear(event);
    const changed = [...inbox.held.values()].filter((card) => before.get(card.id) !== card);
    return {
        unread: inbox.unread(),
        cards: [...inbox.held.values()],
        changed: changed.map(({ id }) => id),
    };
}"""


def message(seq, *, sender="2", thread=1, stored=True):
    return {
        "type": "message",
        "thread": thread,
        "sender": {"id": sender, "name": sender},
        "id": f"id {seq}",
        "kind": "text",
        "text": f"text {seq}",
        "sent_at": 1000 * seq,
        "seq": seq if stored else None,
        "version": seq if stored else None,
    }


def event(seq, thread=1, members=3):
    happening = {"code": "joined", "members": members}
    return message(seq, thread=thread) | {"kind": "event", "event": happening}


def change(version, title="bob", cleared=0, thread=1):
    frame = {"type": "thread", "thread": thread, "version": version}
    return frame | {"title": title, "topic": "", "closed": False, "cleared": cleared}


def stored(*seqs, sender="2", thread=1):
    places = [{"sender": sender, "id": f"id {seq}", "seq": seq} for seq in seqs]
    return {"type": "stored", "thread": thread, "messages": places}


def card(thread=1, version=0, unread=0, read=0, **more):
    last = message(version, thread=thread) if version else None
    return more | {
        "id": thread,
        "title": "bob",
        "version": version,
        "read": read,
        "unread": unread,
        "active_at": 1000 * version,
        "member_count": 2,
        "last_message": last,
    }


def play(page, cards, *events):
    end = page.evaluate(PLAY, {"cards": cards, "events": [*events]})
    return end["seen"], end["stale"]


def hold(page, cards, *events):
    return page.evaluate(HOLD, {"cards": cards, "events": [*events]})


def test_counts_each_new_message_of_others_once(scripts):
    spoken = message(4, stored=False)
    events = [spoken, spoken, stored(4), message(5), stored(5), message(6, sender="1")]
    [seen], stale = play(scripts, [card(version=3, unread=1)], *events)
    counted = {"version": 6, "read": 0, "unread": 3, "member_count": 2}
    assert seen == counted | {"id": 1, "title": "bob", "last": "text 6"}
    assert stale == []


def test_what_the_card_counted_already_is_not_counted_again(scripts):
    events = [message(2), message(3, stored=False), stored(3)]
    [seen], _ = play(scripts, [card(version=3, unread=1)], *events)
    assert (seen["unread"], seen["last"], seen["version"]) == (1, "text 3", 3)


def test_the_thread_with_the_newest_message_is_the_first(scripts):
    cards = [card(1, version=5), card(2, version=4), card(3)]
    seen, _ = play(scripts, cards, message(6, thread=2))
    assert [one["id"] for one in seen] == [2, 1, 3]
    fresh = card(3) | {"active_at": 5500}
    seen, _ = play(scripts, [card(1, version=5), card(2, version=4), fresh])
    assert [one["id"] for one in seen] == [3, 1, 2]


def test_asks_about_what_it_missed(scripts):
    heads = {"1": {"version": 5, "read": 0}, "8": {"version": 5, "read": 0}}
    for event in (stored(5), message(5), {"type": "compare", "threads": heads}):
        assert play(scripts, [card(version=3)], event)[1] == [1]
    known = {"type": "compare", "threads": {"1": {"version": 3, "read": 0}}}
    assert play(scripts, [card(version=3)], known)[1] == []
    assert play(scripts, [card(version=3)], message(1, thread=7))[1] == [7]
    assert play(scripts, [], {"type": "joined", "thread": 7})[1] == [7]


def test_reading_to_the_end_leaves_nothing_unread_and_reading_less_is_asked_about(scripts):
    read = {"type": "read", "thread": 1, "user": "1", "seq": 3}
    [seen], stale = play(scripts, [card(version=3, unread=2)], read)
    assert (seen["unread"], seen["read"], stale) == (0, 3, [])
    _, stale = play(scripts, [card(version=3, unread=2)], read | {"seq": 2})
    assert stale == [1]
    [seen], stale = play(scripts, [card(version=3, unread=2)], read | {"user": "2"})
    assert (seen["unread"], stale) == (2, [])


def test_a_removed_thread_is_gone(scripts):
    assert play(scripts, [card()], {"type": "removed", "thread": 1}) == ([], [])


def test_only_the_threads_that_one_belongs_to_stay(scripts):
    heads = {"type": "heads", "threads": {"2": {"version": 0, "read": 0}, "3": {}}}
    seen, stale = play(scripts, [card(1), card(2)], heads)
    assert ([one["id"] for one in seen], stale) == ([2], [])


def test_what_happens_is_neither_unread_nor_the_last_message(scripts):
    events = [event(4), event(4), message(5), event(6)]
    [seen], stale = play(scripts, [card(version=3, unread=1)], *events)
    assert (seen["unread"], seen["last"], seen["version"]) == (2, "text 5", 6)
    assert stale == []
    assert play(scripts, [card(version=3)], event(5))[1] == [1]


def test_who_comes_and_goes_is_counted(scripts):
    [seen], _ = play(scripts, [card(version=3)], event(4, members=7), message(5))
    assert seen["member_count"] == 7
    [seen], _ = play(scripts, [card(version=3)], event(4, members=7), event(2, members=1))
    assert seen["member_count"] == 7
    [seen], _ = play(scripts, [card(version=3)], event(4, members=None))
    assert seen["member_count"] == 2


def test_what_happens_in_a_thread_that_is_not_on_the_page_brings_no_card(scripts):
    assert play(scripts, [card()], event(4, thread=7)) == (play(scripts, [card()])[0], [])
    assert play(scripts, [card()], message(4, thread=7))[1] == [7]


def test_a_thread_gets_its_new_name(scripts):
    [seen], stale = play(scripts, [card(version=3)], event(4), change(4, "tea"))
    assert (seen["title"], seen["version"], stale) == ("tea", 4, [])
    [seen], stale = play(scripts, [card(version=3)], change(4, "tea"), event(4))
    assert (seen["title"], seen["version"], stale) == ("tea", 4, [])
    assert play(scripts, [card(version=3)], change(5, "tea"))[1] == [1]
    [seen], stale = play(scripts, [card(version=3)], change(2, "an older one"))
    assert (seen["title"], stale) == ("bob", [1])
    assert play(scripts, [], change(4, "tea")) == ([], [])


def test_a_message_that_was_cleared_is_not_the_last_one(scripts):
    spoken = [message(4, stored=False), stored(4)]
    for frames in (spoken, [message(4)]):
        [seen], stale = play(scripts, [card(version=3)], *frames, change(5, cleared=4), event(5))
        assert (seen["last"], seen["unread"], stale) == (None, 0, [])
    [seen], _ = play(scripts, [card(version=3, unread=1)], event(4), change(4, cleared=2))
    assert (seen["last"], seen["unread"]) == ("text 3", 1)
    later = message(6, stored=False)
    [seen], _ = play(scripts, [card(version=3)], event(4), later, change(4, cleared=3))
    assert seen["last"] == "text 6"


frames = st.lists(
    st.one_of(
        st.builds(message, st.integers(1, 12), stored=st.booleans()),
        st.builds(event, st.integers(13, 16)),
        st.builds(lambda seqs: stored(*seqs), st.lists(st.integers(1, 12), min_size=1)),
    ),
    max_size=25,
)


@drawn(200)
@given(start=st.integers(0, 12), frames=frames)
def test_a_card_is_right_or_known_not_to_be(scripts, start, frames):
    """Whatever was lost or told twice: to a card that is not asked about, nothing is missing."""
    stored_seqs = {frame["seq"] for frame in frames if frame.get("seq")}
    stored_seqs |= {place["seq"] for frame in frames for place in frame.get("messages", [])}
    written = [frame for frame in frames if frame.get("kind") == "text"]
    spoken = {int(frame["id"][3:]) for frame in written}
    newest = max({start, *stored_seqs})
    happened = {frame["seq"] for frame in frames if frame.get("kind") == "event"}
    [seen], stale = play(scripts, [card(version=start)], *frames)
    assert stale or seen["version"] == newest
    assert stale or seen["unread"] >= newest - start - len(happened)
    assert seen["unread"] <= len(spoken)


def test_an_answer_that_was_overtaken_is_asked_for_again_once(scripts):
    old = {"type": "cards", "cards": [card(version=3, unread=1)]}
    [seen], stale = play(scripts, [card(version=3)], event(4, members=7), old)
    assert (seen["version"], seen["member_count"], stale) == (4, 7, [1])
    # A server that was put back to a backup says it again.
    [seen], stale = play(scripts, [card(version=3)], event(4), old, old)
    assert (seen["version"], seen["unread"], stale) == (3, 1, [])


def test_where_a_thread_is_kept_is_seen_at_once(scripts):
    place = {"type": "place", "thread": 1, "marked_unread": True, "silent": True}
    end = hold(scripts, [card(1), card(2)], place, place | {"thread": 7})
    assert [(one["marked_unread"], one["silent"]) for one in end["cards"][:1]] == [(True, True)]
    assert (end["changed"], len(end["cards"])) == ([1], 2)


def test_reading_to_the_end_takes_away_the_mark_too(scripts):
    read = {"type": "read", "thread": 1, "user": "1", "seq": 3}
    [seen] = hold(scripts, [card(version=3, marked_unread=True)], read)["cards"]
    assert (seen["marked_unread"], seen["unread"], seen["read"]) == (False, 0, 3)


def test_silent_threads_do_not_count_and_a_mark_counts_as_one(scripts):
    cards = [
        card(1, unread=2, silent=False, marked_unread=True),
        card(2, silent=False, marked_unread=True),
        card(3, unread=5, silent=True, marked_unread=False),
        card(4, silent=True, marked_unread=True),
    ]
    assert hold(scripts, cards)["unread"] == 3


def presence(here, seen_at=None, user="2", thread=1):
    frame = {"type": "presence", "thread": thread, "user": user}
    return frame | {"here": here, "seen_at": seen_at}


def test_the_presence_of_the_other_one_is_shown_and_not_ones_own(scripts):
    direct = card(version=1, kind="direct", presence={"here": False, "seen_at": 5})
    [seen] = hold(scripts, [direct], presence(here=True))["cards"]
    assert seen["presence"] == {"here": True, "seen_at": 5}
    [seen] = hold(scripts, [direct], presence(here=True), presence(here=False, seen_at=9))["cards"]
    assert seen["presence"] == {"here": False, "seen_at": 9}
    others = presence(here=True, user="1"), presence(here=True, thread=7)
    assert hold(scripts, [direct], *others)["changed"] == []


def test_asked_who_is_here_it_believes_the_answer(scripts):
    cards = [card(number, presence={"here": True, "seen_at": None}) for number in (1, 2, 3)]
    answer = {"1": {"here": True, "seen_at": None}, "2": {"here": False, "seen_at": 7}}
    end = hold(scripts, cards, {"type": "present", "ids": [1, 2, 3, 4], "presence": answer})
    assert [one["presence"] for one in end["cards"]] == [answer["1"], answer["2"], None]
    assert end["changed"] == [2, 3]


def test_an_older_page_overrides_nothing_that_is_known(scripts):
    page = {"type": "more", "cards": [card(1, version=2), card(2, version=1), card(7, version=1)]}
    seen, stale = play(scripts, [card(1, version=3)], message(4, thread=7), page)
    assert ([one["id"] for one in seen], stale) == ([1, 2], [7])
    assert seen[0]["version"] == 3


def test_two_people_who_wrote_nothing_have_no_conversation_yet(scripts):
    cards = [card(1, kind="direct"), card(2, kind="group"), card(3, version=1, kind="direct")]
    assert [one["id"] for one in play(scripts, cards)[0]] == [3, 2]
    seen, _ = play(scripts, cards, message(1, stored=False))
    assert [one["id"] for one in seen] == [3, 1, 2]


def test_only_the_card_that_changes_is_another_object(scripts):
    cards = [card(number, version=3) for number in range(1, 6)]
    events = [message(4, thread=4), presence(here=True, thread=2), presence(here=True, thread=2)]
    assert hold(scripts, cards, *events)["changed"] == [2, 4]
