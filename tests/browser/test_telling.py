"""Desktop notifications on the real page; of each, what the browser was asked to show."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import check
from tests.browser.visitor import SCREEN, Visit

GRACE = 1_500  # ms; by then it is told of, or never

NOTE = """
if (window === top) {
    window.told = [];
    window.asked = 0;
    window.Notification = class {
        static permission = "PERMISSION";
        static async requestPermission() {
            asked += 1;
            return "denied";
        }
        constructor(title, { body } = {}) {
            told.push(Object.assign(this, { title, body }));
        }
        close() {
            told.splice(told.indexOf(this), 1);
        }
    };
}
"""
CHOOSE = "localStorage['privatemessages.choice.notify'] = 'on';"
TOLD = "told.map(({ title, body }) => `${title}: ${body}`)"


def note(visitor, permission="granted"):
    """Before the first page is opened."""
    chosen = CHOOSE if permission == "granted" else ""
    visitor.context.add_init_script(NOTE.replace("PERMISSION", permission) + chosen)


def tells(tab, *words):
    tab.page.wait_for_timeout(GRACE)
    assert tab.page.evaluate(TOLD) == [*words]


@pytest.fixture
def talk(visit: Visit, site):
    """One who wrote to the other, and the other's browser with nothing open in it."""
    me, other = site.person(), site.person()
    theirs = visit(other).open()
    theirs.write_to(me.name, "hello")
    theirs.sees("hello")
    return visit(me), theirs


def test_a_message_that_nobody_looks_at_is_told_of_and_a_click_leads_there(talk):
    visitor, theirs = talk
    note(visitor)
    mine = visitor.open()
    mine.is_connected()
    theirs.write("one")
    tells(mine, f"{theirs.person.name}: one")
    mine.page.evaluate("told[0].onclick()")
    mine.sees("hello", "one")
    assert mine.thread == theirs.thread
    assert mine.page.evaluate(TOLD) == []


def test_what_is_in_view_is_not_told_of(talk):
    visitor, theirs = talk
    note(visitor)
    mine = visitor.open(f"/messages/chat/{theirs.thread}/")
    mine.is_connected()
    theirs.write("one")
    mine.sees("hello", "one")
    tells(mine)
    mine.page.evaluate("document.hasFocus = () => false")
    theirs.write("two")
    tells(mine, f"{theirs.person.name}: two")


def test_of_two_tabs_one_tells_and_none_where_one_shows_it(talk):
    visitor, theirs = talk
    note(visitor)
    tabs = [visitor.open(), visitor.open()]
    for tab in tabs:
        tab.is_connected()
    theirs.write("one")
    tabs[0].page.wait_for_timeout(GRACE)
    told = [words for tab in tabs for words in tab.page.evaluate(TOLD)]
    assert told == [f"{theirs.person.name}: one"]
    reader = visitor.open(f"/messages/chat/{theirs.thread}/")
    reader.is_connected()
    for tab in tabs:
        tells(tab)  # what was shown is taken away
    theirs.write("two")
    reader.sees("hello", "one", "two")
    for tab in (*tabs, reader):
        tells(tab)


def test_silent_conversations_are_silent(talk):
    visitor, theirs = talk
    note(visitor)
    mine = visitor.open()
    mine.is_connected()
    mine.call("PUT", f"threads/{theirs.thread}/silence")
    theirs.write("one")
    tells(mine)
    mine.call("DELETE", f"threads/{theirs.thread}/silence")
    theirs.write("two")
    tells(mine, f"{theirs.person.name}: two")


def test_nobody_is_asked_for_notifications_before_a_click_that_wants_them(talk):
    visitor, theirs = talk
    note(visitor, "default")
    mine = visitor.open()
    mine.is_connected()
    theirs.write("one")
    offer = mine.page.locator("#pm-offer")
    expect(offer).to_be_visible()
    check(mine.page)
    mine.page.set_viewport_size(SCREEN)
    mine.cards.locator("a").click()
    mine.write("two")
    theirs.sees("hello", "one", "two")
    assert mine.page.evaluate("asked") == 0
    mine.page.reload()
    mine.is_connected()
    assert mine.page.evaluate("asked") == 0
