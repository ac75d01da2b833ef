"""The history in its pane: where it opens, how it loads, and that nobody loses their place."""

import pytest
from playwright.sync_api import expect

MOST = 300  # messages that are in the page at a time

TOP = """text => {
    const lines = [...document.querySelectorAll("#pm-log .pm-text")];
    const line = lines.find((line) => line.textContent === text);
    return line ? Math.round(line.getBoundingClientRect().top) : null;
}"""
SCROLL = "(by) => (document.querySelector('#pm-scroll').scrollTop += by)"
KNOWN = """async (marks) => {
    const { Reading } = await import("/reading.js");
    const told = [];
    const transmit = (frame) => told.push(JSON.parse(frame));
    const signal = new AbortController().signal;
    const state = () => ({ entries: new Map() });
    const box = document.body;
    const reading = new Reading({ thread: 7, mark: 5, me: "1", signal, box, transmit, state });
    for (const mark of marks) reading.known(mark);
    return [told, reading.mark];
}"""
LINES = "document.querySelectorAll('#pm-log [data-seq]').length"


@pytest.fixture
def thread(visit, site):
    """A thread of two; a function that stores what the other one says, and one that opens it."""
    me, other = site.person(), site.person()
    visitor = visit(me)
    made = visitor.open().call("POST", "threads", kind="direct", user=other.name)
    site.save(made["id"], me, "first")
    address = f"/messages/chat/{made['id']}/"

    def say(*texts):
        for start in range(0, len(texts), 100):
            site.save(made["id"], other, *texts[start : start + 100])

    def enter(path=""):
        tab = visitor.open(address + path)
        tab.is_connected()
        return tab

    def read_all():
        tab = enter()
        latest = tab.call("GET", f"threads/{made['id']}")["version"]
        tab.call("POST", f"threads/{made['id']}/read", seq=latest)
        tab.page.close()

    enter.say, enter.read_all = say, read_all
    return enter


def texts(first, last):
    return [f"line {number}" for number in range(first, last + 1)]


def test_opens_at_the_first_unread_message_under_a_divider(thread):
    thread.say(*texts(1, 30))
    thread.read_all()
    thread.say(*texts(31, 130))
    tab = thread()
    divider = tab.page.locator(".pm-divider")
    expect(divider).to_have_text("Unread messages")
    expect(divider).to_be_in_viewport()
    after = divider.locator("xpath=following-sibling::li[1]//*[contains(@class, 'pm-text')]")
    expect(after).to_have_text("line 31")
    expect(tab.page.locator("#pm-newer")).to_be_visible()


def test_opens_at_the_end_where_all_is_read(thread):
    thread.say(*texts(1, 130))
    thread.read_all()
    tab = thread()
    expect(tab.page.get_by_text("line 130", exact=True).last).to_be_in_viewport()
    expect(tab.page.locator(".pm-divider")).to_have_count(0)
    expect(tab.page.locator("#pm-newer")).to_be_hidden()


def test_older_pages_load_while_one_scrolls_and_the_view_does_not_jump(thread):
    thread.say(*texts(1, 200))
    thread.read_all()
    tab = thread()
    assert tab.page.evaluate(LINES) == 50
    while tab.page.evaluate(LINES) < 201:
        before = tab.page.evaluate(LINES)
        line = tab.page.locator("#pm-log .pm-text").first.text_content()
        tab.page.evaluate(SCROLL, -100_000)
        top = tab.page.evaluate(TOP, line)
        expect(tab.page.locator("#pm-log [data-seq]")).not_to_have_count(before)
        assert abs(tab.page.evaluate(TOP, line) - top) <= 2
    tab.page.evaluate(SCROLL, -100_000)
    expect(tab.page.locator("#pm-log .pm-text").first).to_have_text("first")
    expect(tab.page.locator("#pm-earlier")).to_be_hidden()


def test_newer_pages_load_while_one_scrolls_down_from_the_past(thread):
    thread.say(*texts(1, 200))
    tab = thread("20/")
    expect(tab.page.get_by_text("line 19", exact=True)).to_be_in_viewport()
    for _ in range(40):
        tab.page.evaluate(SCROLL, 2_000)
        tab.page.wait_for_timeout(100)
        if tab.page.get_by_text("line 200", exact=True).locator("visible=true").count() > 1:
            break
    expect(tab.message("line 200")).to_be_in_viewport()
    expect(tab.page.locator("#pm-later")).to_be_hidden()


def test_has_no_more_than_a_few_hundred_messages_in_the_page(thread):
    thread.say(*texts(1, 600))
    thread.read_all()
    tab = thread()
    seen = 0
    for _ in range(60):
        tab.page.evaluate(SCROLL, -100_000)
        tab.page.wait_for_timeout(80)
        seen = max(seen, tab.page.evaluate(LINES))
        if tab.page.locator("#pm-log .pm-text").first.text_content() == "first":
            break
    expect(tab.page.locator("#pm-log .pm-text").first).to_have_text("first")
    assert 200 < seen <= MOST + 50
    tab.page.locator("#pm-newer").click()
    expect(tab.message("line 600")).to_be_in_viewport()


def test_a_reader_of_the_past_is_not_pulled_away_and_is_told_what_came(thread):
    thread.say(*texts(1, 100))
    thread.read_all()
    tab = thread()
    tab.page.evaluate(SCROLL, -1_500)
    newest = tab.page.locator("#pm-newer")
    expect(newest).to_have_text("To the newest ↓")
    line = tab.page.locator("#pm-log .pm-text").nth(25).text_content()
    top = tab.page.evaluate(TOP, line)
    thread.say("new one")
    expect(newest).to_have_text("1 new message ↓")
    thread.say("new two", "new three")
    expect(newest).to_have_text("3 new messages ↓")
    assert abs(tab.page.evaluate(TOP, line) - top) <= 1  # pixels, rounded
    newest.click()
    expect(tab.message("new three")).to_be_in_viewport()
    expect(newest).to_be_hidden()


def test_who_is_at_the_end_follows_what_comes(thread):
    thread.say(*texts(1, 60))
    thread.read_all()
    tab = thread()
    thread.say("and one more")
    expect(tab.message("and one more")).to_be_in_viewport()
    expect(tab.page.locator("#pm-newer")).to_be_hidden()


def test_consecutive_messages_of_one_author_are_gathered_and_days_are_parted(thread):
    thread.say("one", "two")
    tab = thread()
    follows = tab.page.locator("#pm-log .pm-message.pm-follows")
    expect(follows).to_have_count(1)
    expect(follows).to_contain_text("two")
    expect(tab.page.locator("#pm-log .pm-day")).to_have_count(1)


def test_writing_from_the_past_leads_to_the_end(thread):
    thread.say(*texts(1, 150))
    tab = thread("20/")
    tab.write("back again")
    expect(tab.message("back again")).to_be_in_viewport()
    expect(tab.page.locator("#pm-later")).to_be_hidden()


def test_a_mark_that_was_lost_with_the_connection_is_told_again(scripts):
    again = [{"type": "read", "thread": 7, "seq": 5}]
    assert scripts.evaluate(KNOWN, [3]) == [again, 5]
    assert scripts.evaluate(KNOWN, [5, 9]) == [[], 9]
