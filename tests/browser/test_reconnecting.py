"""Networks that break, workers that restart, sessions that end."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PHONE, SCREEN

BACK = 20.0  # seconds; a broken network is tried again after up to a few of them
# Before the page's own scripts run, it is the page of somebody else.
SHOW = """
    document.addEventListener("readystatechange", () => {
        const page = document.getElementById("pm-page");
        if (page) page.textContent = page.textContent.replace('"id": "%s"', '"id": "%s"');
    });
"""


def test_going_offline_and_back_catches_up(site, pair):
    mine, theirs = pair
    site.network.cut()
    theirs.says("The connection is lost")
    site.save(mine.thread, mine.person, "while you were away", "and more")
    theirs.write("written offline")
    expect(theirs.message("written offline").locator(".pm-state")).to_have_text("sending…")
    site.network.mend()
    theirs.is_connected(within=BACK)
    theirs.sees_sent("written offline", within=BACK)
    theirs.sees("hello", "while you were away", "and more", "written offline")
    mine.sees("hello", "while you were away", "and more", "written offline", within=BACK)
    mine.counts("4 messages", "1 received", "3 sent")


def test_says_how_many_messages_wait_and_tries_when_asked(site, pair):
    mine, _ = pair
    site.network.cut()
    mine.says("The connection is lost. What you write is kept.")
    mine.write("one")
    mine.says("The connection is lost. 1 message waits.")
    mine.write("two")
    mine.says("The connection is lost. 2 messages wait.")
    mine.bar.get_by_role("button", name="Try now").click()
    expect(mine.bar.get_by_role("button")).to_have_text("Trying…")
    site.network.mend()
    mine.is_connected(within=BACK)
    mine.sees_sent("two", within=BACK)


STANDS_STILL = """row => new Promise((done) => {
    let [last, frames] = [NaN, 0];
    const look = () => {
        const { y } = row.getBoundingClientRect();
        [last, frames] = [y, y === last ? frames + 1 : 0];
        frames < 30 ? requestAnimationFrame(look) : done();
    };
    look();
})"""


@pytest.mark.parametrize("screen", [PHONE, SCREEN], ids=["phone", "desk"])
def test_what_is_said_of_the_connection_moves_nothing_that_is_read(visit, site, pair, screen):
    mine, theirs = pair
    site.save(mine.thread, theirs.person, *(f"number {number}" for number in range(40)))
    tab = visit(mine.person, viewport=screen).open(f"/messages/chat/{mine.thread}/")
    tab.is_connected()
    last = tab.message("number 39")
    expect(last).to_be_visible()
    last.evaluate(STANDS_STILL)
    place = last.bounding_box()
    site.network.cut()
    tab.says("The connection is lost")
    expect(tab.bar).to_be_in_viewport()
    assert last.bounding_box() == place


def test_far_behind_is_loaded_afresh(site, pair):
    mine, theirs = pair
    site.network.cut()
    theirs.says("The connection is lost")
    site.save(mine.thread, mine.person, *(f"number {n}" for n in range(2, 252)))
    site.network.mend()
    theirs.counts("251 messages", "251 received", "0 sent", within=BACK)
    expect(theirs.messages.last).to_have_text("number 251")
    assert theirs.messages.count() >= 50
    shown = theirs.messages.all_text_contents()
    assert shown == [f"number {n}" for n in range(252 - len(shown), 252)]


def test_a_network_that_falls_silent_is_noticed_when_something_is_sent(site, pair):
    mine, theirs = pair
    site.network.freeze()
    mine.write("into the silence")
    mine.says("The connection is lost", within=8)
    site.network.mend()
    mine.sees_sent("into the silence", within=BACK)
    theirs.sees("hello", "into the silence", within=BACK)


def test_a_network_that_falls_silent_is_noticed_within_three_seconds_of_a_hint(site, pair):
    mine, _ = pair
    site.network.freeze()
    mine.page.evaluate("dispatchEvent(new Event('online'))")
    mine.says("The connection is lost", within=4)


def test_the_page_says_at_once_when_the_browser_knows_that_it_is_offline(pair):
    mine, _ = pair
    mine.context.set_offline(True)
    mine.says("You are offline", within=1)
    mine.context.set_offline(False)
    mine.is_connected()


def test_a_restart_of_the_worker_is_healed_without_a_reload(site, pair):
    mine, theirs = pair
    for tab in (mine, theirs):
        tab.page.evaluate("window.unchanged = true")
    site.worker.stop()
    mine.write("during the restart")
    site.worker.start()
    theirs.sees("hello", "during the restart", within=BACK)
    mine.sees_sent("during the restart", within=BACK)
    for tab in (mine, theirs):
        tab.is_connected(within=BACK)
        assert tab.page.evaluate("window.unchanged")


def test_what_the_other_has_is_shown_as_delivered_until_it_is_stored(site, pair):
    mine, theirs = pair
    site.django.stop()
    try:
        mine.write("spoken only")
        theirs.sees("hello", "spoken only")
        row = mine.message("spoken only")
        expect(row.locator(".pm-state")).to_have_attribute("title", "Delivered, not stored yet")
        expect(row).to_have_css("opacity", "1")
        expect(theirs.message("spoken only")).to_have_css("opacity", "1")
    finally:
        site.django.start()
    mine.sees_sent("spoken only", within=BACK)


def test_what_is_not_sent_survives_a_reload_and_a_closed_tab(site, pair):
    mine, theirs = pair
    site.network.cut()
    mine.write("before the reload")
    mine.page.reload()
    mine.sees("hello", "before the reload")
    expect(mine.message("before the reload").locator(".pm-state")).to_have_text("sending…")
    mine.write("before the end")
    other = mine.in_another_tab("/messages/")
    mine.page.close()
    site.network.mend()
    other.is_connected(within=BACK)
    theirs.sees("hello", "before the reload", "before the end", within=BACK)
    expect(theirs.messages).to_have_count(3)


def test_messages_written_offline_arrive_in_their_order(site, pair):
    mine, theirs = pair
    site.network.cut()
    texts = [f"number {number}" for number in range(12)]
    for text in texts:
        mine.write(text)
    site.network.mend()
    theirs.sees("hello", *texts, within=BACK)
    mine.sees_sent(texts[-1], within=BACK)
    mine.sees("hello", *texts)


class TestFailed:
    TEXT = "lost three times " + "x" * 1000

    @pytest.fixture
    def failed(self, site, pair):
        """A message that was on its way at three disconnections in a row."""
        mine, theirs = pair
        site.network.break_on(len(self.TEXT))
        mine.write(self.TEXT)
        row = mine.message(self.TEXT)
        expect(row).to_have_attribute("data-state", "failed", timeout=BACK * 1000)
        expect(row).to_contain_text("The connection was lost each time it was sent.")
        return mine, theirs, row

    def test_does_not_hold_up_the_next_one(self, failed):
        mine, theirs, _ = failed
        mine.is_connected(within=BACK)
        mine.write("a shorter one")
        theirs.sees("hello", "a shorter one", within=BACK)

    def test_can_be_tried_again(self, site, failed):
        mine, theirs, row = failed
        site.network.mend()
        mine.is_connected(within=BACK)
        mine.page.reload()
        expect(row).to_have_attribute("data-state", "failed")
        row.get_by_role("button", name="Try again").click()
        mine.sees_sent(self.TEXT, within=BACK)
        theirs.sees("hello", self.TEXT, within=BACK)

    def test_can_be_discarded(self, site, failed):
        mine, theirs, row = failed
        site.network.mend()
        row.get_by_role("button", name="Discard").click()
        mine.sees("hello")
        mine.is_connected(within=BACK)
        mine.page.reload()
        mine.write("something else")
        theirs.sees("hello", "something else", within=BACK)
        mine.sees("hello", "something else")


class TestSigningOut:
    def sign_out(self, tab):
        tab.page.get_by_role("button", name="Sign out").click()
        tab.page.wait_for_url(re.compile(r"/(accounts/login/.*)?$"))

    def test_takes_the_other_tab_to_the_sign_in_page_and_back(self, pair):
        mine, _ = pair
        other = mine.in_another_tab()
        other.is_connected()
        self.sign_out(mine)
        other.page.wait_for_url("**/accounts/login/?next=**", timeout=10_000)
        other.page.fill("[name=username]", mine.person.name)
        other.page.fill("[name=password]", "a password of the tests")
        other.page.locator("main button[type=submit]").click()
        other.page.wait_for_url("**/messages/chat/*/")
        other.is_connected()
        other.write("here again")
        other.sees_sent("here again")

    def test_warns_of_what_waits_and_forgets_it(self, site, pair):
        mine, _ = pair
        site.network.cut()
        mine.write("never sent")
        warnings = []

        def stay(dialog):
            warnings.append(dialog.message)
            dialog.dismiss()

        mine.page.once("dialog", stay)
        mine.page.get_by_role("button", name="Sign out").click()
        mine.sees("hello", "never sent")
        assert warnings == ["1 message is not sent yet and will be lost. Sign out?"]
        mine.page.once("dialog", lambda dialog: dialog.accept())
        self.sign_out(mine)
        assert (
            mine.page.evaluate("Object.keys(localStorage).filter(k => k.includes('outbox'))") == []
        )

    def test_forgets_drafts_from_any_page_of_the_messenger(self, pair):
        mine, _ = pair
        mine.field.fill("a secret, not finished")
        mine.page.goto("/messages/settings/")
        assert "a secret" in mine.page.evaluate("JSON.stringify(localStorage)")
        self.sign_out(mine)
        assert "a secret" not in mine.page.evaluate("JSON.stringify(localStorage)")

    def test_a_page_of_one_person_sends_nothing_as_another(self, visit, site, pair):
        mine, theirs = pair
        site.network.cut()
        mine.write("mine alone")
        cookie = {"name": "sessionid", "value": site.person().session, "url": site.url}
        mine.context.add_cookies([cookie])
        site.network.mend()
        expect(mine.page.locator("#pm-log")).to_have_count(0, timeout=BACK * 1000)
        theirs.sees("hello")
        cookie["value"] = mine.person.session
        mine.context.add_cookies([cookie])
        mine.page.reload()
        theirs.sees("hello", "mine alone", within=BACK)


def test_pages_and_sockets_that_know_different_people_do_not_reload_without_end(visit, site):
    connected, shown = site.person(), site.person()
    visitor, loads = visit(connected), []
    visitor.context.add_init_script(SHOW % (connected.id, shown.id))
    visitor.context.on("request", lambda request: loads.append(request.is_navigation_request()))
    inbox = visitor.open()
    inbox.page.wait_for_timeout(3000)
    assert f'"id": "{shown.id}"' in inbox.page.locator("#pm-page").text_content()
    assert loads.count(True) == 3  # the page, signing in, the page again
