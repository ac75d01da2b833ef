"""The list of conversations by itself: what is drawn, moved and asked for; also 1,000 of them."""

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.browser.test_cards import card as bare_card
from tests.browser.test_cards import change, message, presence
from tests.services import ROOT

STYLES = ROOT / "privatemessages" / "static" / "privatemessages" / "css"
REDRAW = {50: 16}  # ms
FRAME = {50: 34}  # ms; twice what a screen takes, where nothing is drawn by a graphics card
THREADS = 1_000

BUILD = """async ({ markup, styles, threads, next, pages }) => {
    document.head.innerHTML = `<style>${styles}</style>`;
    document.body.innerHTML = markup;
    const answers = { asked: [], opened: [], unread: [], presence: {} };
    const asked = (name, answer) => (...values) => {
        answers.asked.push(JSON.parse(JSON.stringify([name, ...values])));
        if (answer === undefined) throw new TypeError("The network is away.");
        return Promise.resolve(answer);
    };
    const api = {
        threads: (cut) => asked("threads", pages[cut.unread ? "unread" : cut.before ?? ""])(cut),
        thread: (id) => asked("thread", pages[id])(id),
        presence: (ids) => asked("presence", { presence: answers.presence })(ids),
    };
    const preferences = { shows_presence: true };
    const page = { user: { id: "1" }, inbox_url: "/messages/", threads, next, preferences };
    const { InboxPane } = await import("/inbox.js");
    const open = (id) => answers.opened.push(id);
    const changed = (count) => count === answers.unread.at(-1) || answers.unread.push(count);
    Object.assign(globalThis, { answers, pane: new InboxPane({ page, api, open, changed }) });
}"""

MARKUP = """<div class="pm">
<nav id="pm-inbox" class="pm-inbox" style="height: 600px; overflow: auto">
<ul class="pm-cards" id="pm-cards"></ul><p id="pm-empty" hidden>Nothing</p>
<p id="pm-more" hidden><a href="?before=old">Earlier</a></p></nav></div>
<template id="pm-card">%s</template>"""

# Until it is laid out: that is what a person waits for.
TIME = """(frames) => frames.map((frame) => {
    const start = performance.now();
    pane.hear(frame);
    document.getElementById("pm-inbox").offsetHeight;
    return performance.now() - start;
})"""


def card(number=1, **more):
    kept = {"kind": "direct", "silent": False, "marked_unread": False, "presence": None}
    made = bare_card(number, **({"version": 1} | kept | more))
    return made | {"title": more.get("title", f"person {number}")}


@pytest.fixture
def build(scripts):
    """Puts the list on the page, with the answers of its server."""

    def build(threads, cursor=None, **pages):
        styles = "".join((STYLES / name).read_text() for name in ("messenger.css", "lists.css"))
        markup = MARKUP % render_to_string("privatemessages/card.html", {"card": None})
        pages = {name: {"next": None} | page for name, page in pages.items()}
        scripts.reload()
        arguments = {"markup": markup, "styles": styles, "threads": threads, "next": cursor}
        scripts.evaluate(BUILD, arguments | {"pages": pages})
        return scripts

    return build


def hear(page, *frames):
    page.evaluate("(frames) => frames.forEach((frame) => pane.hear(frame))", [*frames])


def answers(page, name):
    return page.evaluate("(name) => answers[name]", name)


def asked_of_threads(page):
    return [question for question in answers(page, "asked") if question[0] != "presence"]


def titles(page):
    return page.locator(".pm-card-title bdi").all_text_contents()


def place(thread=1, *, marked_unread=False, silent=False):
    frame = {"type": "place", "thread": thread}
    return frame | {"marked_unread": marked_unread, "silent": silent}


def test_draws_who_it_is_what_was_said_and_when(build):
    page = build([card(1, title="étienne"), card(2, kind="room", title="tea", version=0)])
    [room, person] = [page.locator(".pm-card").nth(number) for number in (1, 0)]
    expect(person.locator(".pm-letter")).to_have_text("É")
    expect(person.locator(".pm-card-text")).to_have_text("text 1")
    expect(person.locator(".pm-card-members")).to_be_hidden()
    expect(person.locator("time")).to_have_attribute("datetime", "1970-01-01T00:00:01.000Z")
    expect(person.locator("a")).to_have_attribute("href", "/messages/chat/1/")
    expect(room.locator(".pm-letter")).to_have_text("#")
    expect(room.locator(".pm-card-members")).to_have_text("2 members")
    expect(room.locator("time")).to_be_hidden()


def test_counts_what_is_unread_up_to_a_hundred(build):
    page = build([card(1, unread=98)])
    badge = page.locator(".pm-unread")
    for seq, words in ((2, "99"), (3, "99+")):
        hear(page, message(seq))
        expect(badge).to_have_text(words)
    hear(page, {"type": "read", "thread": 1, "user": "1", "seq": 3})
    expect(badge).to_be_hidden()
    assert answers(page, "unread") == [98, 99, 100, 0]


def test_a_mark_is_a_dot_with_words_for_those_who_hear(build):
    page = build([card(1)])
    hear(page, place(marked_unread=True))
    expect(page.locator(".pm-unread")).to_be_visible()
    expect(page.get_by_role("link", name="marked as unread")).to_be_visible()
    hear(page, place())
    expect(page.locator(".pm-unread")).to_be_hidden()
    assert answers(page, "unread") == [0, 1, 0]


def test_a_silent_thread_says_so_and_does_not_count(build):
    page = build([card(1, unread=3)])
    expect(page.locator(".pm-silent")).to_be_hidden()
    hear(page, place(silent=True))
    expect(page.locator(".pm-silent")).to_be_visible()
    expect(page.locator(".pm-unread")).to_have_text("3")
    assert answers(page, "unread") == [3, 0]


def test_one_that_is_joined_after_the_heads_were_told_stays(build):
    page = build([card(1)], **{"2": card(2)})
    page.evaluate("Math.random = () => 0.5")  # the jitter, which lasts longer than to ask
    hear(page, {"type": "heads", "threads": {"1": {"version": 1, "read": 0}}})
    hear(page, {"type": "joined", "thread": 2, "head": {"version": 1, "read": 0}})
    expect(page.locator(".pm-card")).to_have_count(2)
    page.wait_for_timeout(1_200)
    assert sorted(titles(page)) == ["person 1", "person 2"]


def test_shows_who_is_here(build):
    page = build([card(1)])
    dot = page.get_by_role("img", name="online")
    expect(dot).to_be_hidden()
    hear(page, presence(here=True))
    expect(dot).to_be_visible()
    hear(page, presence(here=False))
    expect(dot).to_be_hidden()


def test_asks_who_is_here_once_it_is_connected(build):
    page = build([card(1), card(2, kind="group"), card(3)])
    page.evaluate("answers.presence = { 3: { here: true, seen_at: null } }")
    heads = {str(number): {"version": 1, "read": 0} for number in (1, 2, 3)}
    hear(page, {"type": "hello", "threads": heads})
    page.wait_for_function("answers.asked.length > 0")
    assert answers(page, "asked") == [["presence", [3, 1]]]
    expect(page.locator("[data-thread='3'] .pm-dot")).to_be_visible()
    expect(page.locator("[data-thread='1'] .pm-dot")).to_be_hidden()


def test_whoever_types_is_shown_in_the_place_of_the_last_words(build):
    page = build([card(1)])
    typing, words = page.locator(".pm-card-typing"), page.locator(".pm-card-text")
    page.evaluate("pane.typing(1, 'bob is writing'); pane.typing(7, 'nobody knows')")
    expect(typing).to_have_text("bob is writing")
    expect(words).to_be_hidden()
    hear(page, change(2, title="bob the second"))
    expect(typing).to_be_visible()
    page.evaluate("pane.typing(1, '')")
    expect(typing).to_be_hidden()
    expect(words).to_be_visible()


def test_says_which_one_is_open(build):
    page = build([card(1), card(2)], **{"3": card(3)})
    current = page.locator(".pm-card [aria-current=page]")
    for chosen in (1, 3, 2):
        page.evaluate("(id) => pane.select(id)", chosen)
        if chosen == 3:
            hear(page, message(2, thread=3))  # it comes into the list later
        expect(current).to_have_count(1)
        expect(current).to_have_attribute("href", f"/messages/chat/{chosen}/")
    page.evaluate("pane.select(null)")
    expect(current).to_have_count(0)


def test_a_plain_click_opens_and_all_others_are_the_browsers(build):
    page = build([card(1), card(2)])
    page.locator("[data-thread='2'] a").click()
    assert (answers(page, "opened"), page.url) == ([2], "http://scripts.test/")
    with page.context.expect_page() as opened:
        page.locator("[data-thread='2'] a").click(modifiers=["ControlOrMeta"])
    opened.value.close()
    assert answers(page, "opened") == [2]


def test_keys_go_from_card_to_card(build):
    page = build([card(number) for number in (1, 2, 3)])
    page.locator("[data-thread='3'] a").focus()
    focused = "() => document.activeElement.closest('li')?.dataset.thread"
    steps = (("ArrowDown", "2"), ("End", "1"), ("ArrowDown", "1"), ("ArrowUp", "2"), ("Home", "3"))
    for key, expected in steps:
        page.keyboard.press(key)
        assert page.evaluate(focused) == expected
    page.keyboard.press("Alt+ArrowDown")
    assert page.evaluate(focused) == "3"


def test_a_card_that_moves_keeps_the_focus(build):
    page = build([card(number) for number in (1, 2, 3)])
    page.locator("[data-thread='1'] a").focus()
    for thread, order in ((1, [1, 3, 2]), (2, [2, 1, 3])):
        hear(page, message(60 + thread, thread=thread))
        assert titles(page) == [f"person {number}" for number in order]
        expect(page.locator("[data-thread='1'] a")).to_be_focused()


def test_moves_and_draws_no_more_than_what_changed(build):
    page = build([card(number) for number in range(1, 31)])
    page.evaluate("""() => {
        globalThis.touched = new Set();
        const note = (changes) => changes.forEach(({ target, addedNodes }) => {
            const cards = target.id ? [...addedNodes] : [target.parentElement.closest("li")];
            cards.forEach((card) => card && touched.add(Number(card.dataset.thread)));
        });
        const all = { subtree: true, childList: true, attributes: true, characterData: true };
        new MutationObserver(note).observe(document.getElementById("pm-cards"), all);
    }""")
    hear(page, message(99, thread=7))
    assert titles(page)[:3] == ["person 7", "person 30", "person 29"]
    assert page.evaluate("[...touched]") == [7]


def test_the_next_page_comes_as_the_end_comes_near(build):
    pages = {
        "cursor a": {"threads": [card(number) for number in range(21, 41)], "next": "cursor b"},
        "cursor b": {"threads": [card(number) for number in range(1, 21)]},
        "unread": {"threads": [card(5, unread=4)]},
    }
    page = build([card(number) for number in range(41, 71)], cursor="cursor a", **pages)
    expect(page.locator(".pm-card")).to_have_count(31)
    expect(page.locator("#pm-more a")).to_have_attribute("href", "?before=cursor%20a")
    assert answers(page, "unread") == [0, 4]
    where = page.locator("#pm-inbox")
    where.evaluate("(list) => (list.scrollTop = 1200)")
    expect(page.locator(".pm-card")).to_have_count(51)
    assert where.evaluate("(list) => list.scrollTop") == 1200
    where.evaluate("(list) => (list.scrollTop = list.scrollHeight)")
    expect(page.locator(".pm-card")).to_have_count(70)
    expect(page.locator("#pm-more")).to_be_hidden()
    assert titles(page) == [f"person {number}" for number in range(70, 0, -1)]
    asked = [["threads", {"unread": True, "limit": 100}]]
    asked += [["threads", {"before": cursor}] for cursor in ("cursor a", "cursor b")]
    assert answers(page, "asked") == asked


def test_the_link_asks_again_for_what_did_not_come(build):
    page = build([card(1)], cursor="cursor a", unread={"threads": []})
    expect(page.locator("#pm-more")).to_be_visible()
    page.wait_for_function("answers.asked.length > 1")
    page.locator("#pm-more a").click()
    page.wait_for_function("answers.asked.length > 2")
    assert answers(page, "asked")[1:] == [["threads", {"before": "cursor a"}]] * 2
    assert titles(page) == ["person 1"]


def test_what_it_missed_is_asked_for_by_the_page_or_one_by_one(build):
    newest = {"threads": [card(number, version=5) for number in (1, 2, 3, 4)], "next": "cursor a"}
    pages = {"": newest, "5": card(5, version=9), "unread": {"threads": []}}
    page = build([card(number) for number in range(1, 7)], **pages)
    heads = {str(number): {"version": 5, "read": 0} for number in range(1, 6)}
    hear(page, {"type": "hello", "threads": heads})
    expect(page.locator(".pm-card")).to_have_count(5)
    expect(page.locator("[data-thread='5'] .pm-card-text")).to_have_text("text 9")
    assert asked_of_threads(page) == [["threads", {"limit": 100}], ["thread", 5]]


def test_every_greeting_but_the_first_asks_for_the_newest(build):
    page = build([card(1)], **{"": {"threads": [card(2), card(1)]}})
    hello = {
        "type": "hello",
        "threads": {str(number): {"version": 1, "read": 0} for number in (1, 2)},
    }
    hear(page, hello)
    assert asked_of_threads(page) == []
    hear(page, hello)
    expect(page.locator(".pm-card")).to_have_count(2)
    assert asked_of_threads(page) == [["threads", {"limit": 100}]]


@pytest.fixture
def large(build):
    here = {"here": True, "seen_at": None}
    return build([card(number, presence=here) for number in range(THREADS)])


@pytest.mark.alone
def test_a_message_among_a_thousand_threads_is_drawn_within_a_frame(large, measured):
    frames = [message(2, thread=thread) for thread in range(3, THREADS, 20)]
    times = large.evaluate(TIME, frames)
    assert titles(large)[:2] == ["person 983", "person 963"]
    measured("a message drawn among 1,000 threads", times, REDRAW)


@pytest.mark.alone
def test_a_thousand_threads_can_be_scrolled_through(large, measured):
    frames = large.evaluate("""async () => {
        const list = document.getElementById("pm-inbox");
        const frames = [];
        let last = performance.now();
        for (let at = 0; at < list.scrollHeight; at += 400) {
            list.scrollTop = at;
            const now = await new Promise((done) => requestAnimationFrame(done));
            frames.push(now - last);
            last = now;
        }
        return frames;
    }""")
    expect(large.locator("[data-thread='0']")).to_be_in_viewport()
    assert len(frames) > 100
    measured("a frame of scrolling through 1,000 threads", frames[1:], FRAME)
