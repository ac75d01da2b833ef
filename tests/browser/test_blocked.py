"""Real people where something between lets no socket through, and the pages all the same."""

import re

import pytest
from playwright.sync_api import expect

BLOCKED = "Live connection is blocked here. New messages come every few seconds."
DECISION = 60.0  # seconds; several attempts have to fail, on a machine that is busy
ROUND = 15.0  # seconds; a question every four of them
LONG_ROUND = 40.0  # seconds; where sockets came through before, pages ask less often
BACK = 60.0  # seconds; a socket is tried again after up to half a minute

# Of one browser alone; `unblock()` lets the sockets through again.
NO_SOCKETS = """
    const Open = window.WebSocket;
    let blocked = true;
    window.unblock = () => (blocked = false);
    window.WebSocket = class {
        static OPEN = Open.OPEN;
        constructor(...given) {
            if (!blocked) return new Open(...given);
            setTimeout(() => this.onclose?.({ code: 1006 }));
        }
        close() {}
    };
"""


def goes_on_without(tab):
    tab.says(BLOCKED, within=DECISION)
    expect(tab.bar).to_have_attribute("data-phase", "polling")


def is_stored(tab, *texts):
    """In this order, and each once."""
    kept = tab.call("GET", f"threads/{tab.thread}/messages")["messages"]
    assert [message["text"] for message in kept] == [*texts]


@pytest.fixture
def blocked(visit, site):
    """Opens pages of a person whose browser gets no socket."""

    def blocked(person, path):
        visitor = visit(person)
        visitor.context.add_init_script(NO_SOCKETS)
        tab = visitor.open(path)
        goes_on_without(tab)
        return tab

    return blocked


def test_both_talk_without_sockets_and_nothing_is_lost_doubled_or_reordered(site, pair):
    mine, theirs = pair
    site.network.cut()
    mine.write("written before it was known")
    for tab in pair:
        goes_on_without(tab)
    texts = ["hello", "written before it was known", *(f"number {number}" for number in range(5))]
    for text in texts[2:]:
        mine.write(text)
    mine.sees_sent(texts[-1])
    theirs.sees(*texts, within=LONG_ROUND)
    theirs.write("//answer")
    theirs.sees_sent("/answer")
    mine.sees(*texts, "/answer", within=LONG_ROUND)
    mine.page.reload()
    mine.sees(*texts, "/answer")
    is_stored(mine, *texts, "/answer")
    site.network.mend()
    for tab in pair:
        tab.is_connected(within=BACK)
    mine.write("by the socket again")
    mine.sees_sent("by the socket again")
    theirs.sees(*texts, "/answer", "by the socket again")
    is_stored(mine, *texts, "/answer", "by the socket again")


def test_one_without_sockets_and_one_with_them(pair, blocked):
    mine, theirs = pair
    path = f"/messages/chat/{mine.thread}/"
    theirs.page.close()
    theirs = blocked(theirs.person, path)
    mine.write("from a socket")
    theirs.sees("hello", "from a socket", within=ROUND)
    theirs.write("from none")
    mine.sees("hello", "from a socket", "from none")
    theirs.sees_sent("from none")
    theirs.page.evaluate("unblock()")
    theirs.is_connected(within=BACK)
    theirs.write("from one at last")
    mine.sees("hello", "from a socket", "from none", "from one at last")


def test_what_is_read_is_known_to_others_and_to_the_inbox(pair, blocked):
    mine, theirs = pair
    path = f"/messages/chat/{mine.thread}/"
    theirs.page.close()
    theirs = blocked(theirs.person, "/messages/")
    mine.write("news")
    unread = theirs.card(mine.person.name).locator(".pm-unread")
    expect(unread).to_have_text(re.compile("1"), timeout=ROUND * 1000)
    theirs.page.goto(path)
    goes_on_without(theirs)
    state = mine.message("news").locator(".pm-state")
    expect(state).to_have_text("✓✓", timeout=ROUND * 1000)


def test_commands_are_answered_and_what_they_do_is_seen(pair, blocked):
    mine, theirs = pair
    path = f"/messages/chat/{mine.thread}/"
    theirs.page.close()
    theirs = blocked(theirs.person, path)
    theirs.write("/help")
    expect(theirs.rows("notice")).to_contain_text("/me", timeout=ROUND * 1000)
    theirs.write("/me waves")
    expect(mine.page.locator("#pm-log")).to_contain_text("waves")
    expect(theirs.page.locator("#pm-log")).to_contain_text("waves", timeout=ROUND * 1000)


def test_a_thread_that_somebody_begins_comes(visit, site, blocked):
    first, second = site.person(), site.person()
    theirs = blocked(second, "/messages/")
    mine = visit(first).open()
    mine.write_to(second.name, "a first word")
    expect(theirs.card(first.name)).to_contain_text("a first word", timeout=ROUND * 1000)


def test_who_signs_out_elsewhere_is_taken_to_sign_in(visit, site, blocked):
    person = site.person()
    tab = blocked(person, "/messages/")
    tab.context.clear_cookies()
    tab.page.wait_for_url("**/accounts/login/?next=**", timeout=ROUND * 1000)
