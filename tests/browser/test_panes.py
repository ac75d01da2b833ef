"""One page with two panes: from thread to thread without a reload; every place has an address."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PHONE, Tab

WATCH = "() => { window.marked = true; window.sockets = []; }"
COUNT_SOCKETS = """() => {
    const Real = WebSocket;
    window.opened = 0;
    window.WebSocket = class extends Real {
        constructor(...given) { super(...given); window.opened += 1; }
    };
}"""


@pytest.fixture
def two(visit, site):
    """Somebody with two threads, at the inbox; the one written last is first."""
    me, ann, ben = (site.person() for _ in range(3))
    visitor = visit(me)
    visitor.context.add_init_script(f"({COUNT_SOCKETS})()")
    tab = visitor.open()
    for other in (ann, ben):
        made = tab.call("POST", "threads", kind="direct", user=other.name)
        site.save(made["id"], other, f"from {other.name}")
    tab.page.reload()
    tab.is_connected()
    return tab, ann, ben


def titled(tab: Tab, words: str) -> None:
    expect(tab.page.locator("#pm-title")).to_have_text(words)


def test_goes_from_thread_to_thread_by_one_page_and_one_socket(two):
    tab, ann, ben = two
    tab.page.evaluate(WATCH)
    for other in (ann, ben, ann):
        tab.card(other.name).click()
        titled(tab, other.name)
        tab.sees(f"from {other.name}")
        expect(tab.card(other.name)).to_have_attribute("aria-current", "page")
    assert tab.page.evaluate("[window.marked, window.opened]") == [True, 1]
    tab.is_connected()


def test_the_address_changes_and_back_and_forward_follow_it(two):
    tab, ann, ben = two
    tab.card(ann.name).click()
    titled(tab, ann.name)
    first = tab.thread
    tab.card(ben.name).click()
    titled(tab, ben.name)
    assert tab.thread != first
    expect(tab.page).to_have_title(ben.name)
    tab.page.go_back()
    titled(tab, ann.name)
    assert tab.thread == first
    tab.page.go_back()
    expect(tab.page.locator(".pm-new")).to_be_visible()
    assert tab.page.url.endswith("/messages/")
    tab.page.go_forward()
    titled(tab, ann.name)
    tab.sees(f"from {ann.name}")


def test_every_thread_and_message_can_be_opened_afresh_by_its_address(two):
    tab, ann, _ = two
    tab.card(ann.name).click()
    titled(tab, ann.name)
    again = tab.in_another_tab()
    titled(again, ann.name)
    link = again.message(f"from {ann.name}").locator(".pm-link-here")
    link.click()
    assert re.search(r"/chat/\d+/1/$", again.page.url)
    expect(again.message(f"from {ann.name}")).to_have_class(re.compile("pm-pointed"))
    third = again.in_another_tab()
    expect(third.message(f"from {ann.name}")).to_have_class(re.compile("pm-pointed"))


def test_what_is_written_goes_into_the_thread_that_is_open(two, visit):
    tab, ann, ben = two
    tab.card(ann.name).click()
    titled(tab, ann.name)
    tab.card(ben.name).click()
    titled(tab, ben.name)
    tab.write("for you alone")
    tab.sees(f"from {ben.name}", "for you alone")
    theirs = visit(ben).open(f"/messages/chat/{tab.thread}/")
    theirs.sees(f"from {ben.name}", "for you alone")
    theirs.write("thank you")
    tab.sees(f"from {ben.name}", "for you alone", "thank you")


def test_on_a_phone_one_pane_at_a_time_and_a_way_back(visit, site):
    me, ann = site.person(), site.person()
    tab = visit(me, viewport=PHONE, has_touch=True).open()
    made = tab.call("POST", "threads", kind="direct", user=ann.name)
    site.save(made["id"], ann, "hello")
    expect(tab.card(ann.name)).to_be_visible()
    expect(tab.page.locator("#pm-pane")).to_be_hidden()
    tab.card(ann.name).click()
    tab.sees("hello")
    expect(tab.page.locator("#pm-cards")).to_be_hidden()
    tab.page.get_by_role("link", name="All conversations").click()
    expect(tab.card(ann.name)).to_be_focused()
    expect(tab.page.locator("#pm-pane")).to_be_hidden()


@pytest.mark.parametrize("path", ["/messages/send_message/", "/messages/chat/{}/"])
def test_on_a_phone_the_pane_fills_the_window(visit, site, path):
    tab = visit(site.person(), viewport=PHONE, has_touch=True).open()
    made = tab.call("POST", "threads", kind="direct", user=site.person().name)
    tab.page.goto(path.format(made["id"]))
    box = tab.page.locator("#pm-pane").bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}


def test_where_much_is_zoomed_one_can_still_write(visit, site):
    tab = visit(site.person(), viewport={"width": 320, "height": 256}).open()
    made = tab.call("POST", "threads", kind="direct", user=site.person().name)
    tab.page.goto(f"/messages/chat/{made['id']}/")
    expect(tab.field).to_be_in_viewport(ratio=1)
    tab.write("hello")
    expect(tab.message("hello")).to_be_in_viewport(ratio=1)


def test_without_scripts_nothing_is_offered_that_needs_them(visit, site):
    me = site.person()
    made = visit(me).open().call("POST", "threads", kind="direct", user=site.person().name)
    page = visit(me, java_script_enabled=False).open(f"/messages/chat/{made['id']}/").page
    page.locator("#pm-menu summary").click()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    for name in ("pm-switch", "pm-help", "pm-emoji", "pm-thread-menu"):
        expect(page.locator(f"#{name}")).to_be_hidden()


def test_what_is_gone_is_said_and_the_rest_goes_on(two):
    tab, ann, _ = two
    tab.page.evaluate("history.pushState(null, '', '/messages/chat/999999/'); history.back()")
    tab.page.wait_for_url("**/messages/")
    tab.page.go_forward()
    expect(tab.page.locator("#pm-pane")).to_contain_text("This conversation no longer exists.")
    tab.card(ann.name).click()
    tab.sees(f"from {ann.name}")


def test_what_was_asked_for_too_often_is_there_again_later(two):
    """haproxy answers with 429, and not with our own JSON."""
    tab, ann, _ = two
    tab.context.route("**/opening", lambda route: route.fulfill(status=429, body="Please wait."))
    tab.card(ann.name).click()
    expect(tab.page.locator("#pm-pane")).to_contain_text("This cannot be shown just now.")
    tab.context.unroute("**/opening")
    tab.page.get_by_role("button", name="Try again").click()
    tab.sees(f"from {ann.name}")


def test_a_thread_that_was_open_can_be_read_while_the_server_is_away(two):
    tab, ann, ben = two
    for other in (ann, ben):
        tab.card(other.name).click()
        titled(tab, other.name)
    tab.context.route("**/api/**", lambda route: route.abort())
    tab.card(ann.name).click()
    titled(tab, ann.name)
    tab.sees(f"from {ann.name}")


def test_what_could_not_be_shown_offline_has_a_way_back_and_comes_with_the_network(visit, site):
    me, ann = site.person(), site.person()
    tab = visit(me, viewport=PHONE, has_touch=True).open()
    made = tab.call("POST", "threads", kind="direct", user=ann.name)
    site.save(made["id"], ann, "hello")
    expect(tab.card(ann.name)).to_be_visible()
    tab.context.set_offline(True)
    tab.card(ann.name).click()
    expect(tab.page.locator("#pm-pane")).to_contain_text("This cannot be shown just now.")
    tab.page.get_by_role("link", name="All conversations").click()
    tab.card(ann.name).click()
    expect(tab.page.locator("#pm-pane")).to_contain_text("This cannot be shown just now.")
    tab.context.set_offline(False)
    tab.sees("hello")


def test_an_anchor_within_a_rooms_page_leaves_the_room_open(visit, site):
    tab = visit(site.person()).open()
    made = tab.call("POST", "threads", kind="room", title=f"Anchors {tab.person.name}")
    tab.page.goto(f"/messages/rooms/{made['slug']}/")
    titled(tab, made["title"])
    tab.page.evaluate("location.hash = 'content'")
    tab.page.wait_for_timeout(300)
    titled(tab, made["title"])
    expect(tab.page.locator("#pm-app")).to_have_attribute("data-pane", "thread")


def test_from_a_thread_one_can_write_to_somebody_new(two, site):
    tab, ann, _ = two
    tab.card(ann.name).click()
    titled(tab, ann.name)
    tab.page.get_by_role("link", name="Write to somebody").click()
    expect(tab.page.locator("[name=recipient_name]")).to_be_focused()
    other = site.person()
    tab.write_to(other.name, "hello from the pane")
    titled(tab, other.name)
    tab.sees("hello from the pane")
