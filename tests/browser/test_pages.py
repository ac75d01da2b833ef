"""Pages without scripts, and on small screens."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PHONE, SCREEN

LONG = "W" * 300 + " and https://example.com/" + "long/" * 60


def test_all_works_without_javascript(visit, site):
    mine, other = site.person(), site.person()
    tab = visit(mine, java_script_enabled=False).open()
    assert "Without JavaScript, reload the page" in tab.page.locator("noscript").text_content()
    tab.write_to(other.name, "by a form")
    tab.sees("by a form")
    tab.field.fill("by another")
    tab.page.get_by_role("button", name="Send").click()
    tab.sees("by a form", "by another")
    tab.counts("2 messages", "0 received", "2 sent")
    reader = visit(other, java_script_enabled=False).open()
    expect(reader.cards.locator(".pm-unread")).to_have_text("2")
    reader.cards.first.click()
    reader.sees("by a form", "by another")
    site.save(tab.thread, other, *(f"number {n}" for n in range(3, 61)))
    tab.page.reload()
    expect(tab.messages.first).to_have_text("by a form")  # nothing of what came is read
    expect(tab.page.locator(".pm-divider")).to_have_text("Unread messages")
    expect(tab.message("number 60")).to_have_count(0)
    tab.page.get_by_role("link", name="Newest messages").click()
    expect(tab.messages.last).to_have_text("number 60")
    tab.page.get_by_role("link", name="Earlier messages").click()
    expect(tab.messages.first).to_have_text("by a form")
    tab.page.get_by_role("link", name="Later messages").click()
    expect(tab.messages.last).to_have_text("number 60")
    tab.field.fill("and the last")
    tab.page.get_by_role("button", name="Send").click()
    expect(tab.messages.last).to_have_text("and the last")


def test_a_browser_without_sockets_goes_on_by_asking(visit, site):
    mine, other = site.person(), site.person()
    visitor = visit(mine)
    visitor.context.add_init_script("delete globalThis.WebSocket")
    tab = visitor.open()
    expect(tab.bar).to_have_attribute("data-phase", "polling")
    tab.write_to(other.name, "by a form")
    tab.sees("by a form")
    expect(tab.bar).to_have_attribute("data-phase", "polling")
    tab.write("and here")
    tab.sees_sent("and here")
    site.save(tab.thread, other, "an answer")
    tab.sees("by a form", "and here", "an answer", within=15)


@pytest.mark.parametrize("language", ["en-GB", "ru-RU"])
def test_nothing_is_wider_than_a_small_phone(visit, site, language):
    mine, other = site.person(), site.person()
    tab = visit(mine, viewport=PHONE, locale=language).open()
    assert overhang(tab) <= 0
    tab.write_to(other.name, LONG)
    tab.sees(LONG)
    assert overhang(tab) <= 0
    tab.write(LONG)
    expect(tab.messages).to_have_count(2)
    assert overhang(tab) <= 0
    tab.page.goto("/messages/")
    expect(tab.cards).to_have_count(1)
    assert overhang(tab) <= 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_shows_the_way_to_the_form_and_back(visit, site, scripts):
    tab = visit(site.person(), viewport=PHONE, java_script_enabled=scripts).open()
    heading = tab.page.get_by_role("heading", name="Write to somebody")
    way = tab.page.get_by_title("Write to somebody")
    expect(heading).to_be_hidden()
    way.click()
    expect(heading).to_be_in_viewport()
    expect(way).to_be_hidden()
    tab.page.get_by_role("link", name="All conversations").click()
    expect(heading).to_be_hidden()
    expect(way).to_be_visible()
    tab.page.set_viewport_size(SCREEN)
    expect(heading).to_be_in_viewport()


def test_the_time_stands_beside_the_last_line(pair):
    mine, _ = pair
    mine.write("a\nb\nc")
    row = mine.message("a\nb\nc")
    expect(row).to_have_count(1)
    text, time = (row.locator(name).bounding_box() for name in (".pm-text", ".pm-meta"))
    assert time["x"] >= text["x"] + text["width"]
    assert time["y"] > text["y"] + text["height"] / 2


def overhang(tab):
    """Pixels by which the page is wider than its window."""
    width = tab.page.evaluate("document.documentElement.scrollWidth")
    return width - tab.page.viewport_size["width"]
