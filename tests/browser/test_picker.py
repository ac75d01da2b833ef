"""Choosing an emoji with the mouse, by keyboard and on a phone."""

import pytest
from playwright.sync_api import expect

FURNISH = """async () => {
    const { offerEmoji } = await import("/completing.js");
    const { loadStyles } = await import("/stylesheet.js");
    await loadStyles("/css/messenger.css");
    document.body.innerHTML = `<div class="pm"><textarea></textarea>
        <button id="anchor" data-picker-css="/css/picker.css" hidden>Emoji</button></div>`;
    const [button, field] = ["button", "textarea"].map((name) => document.querySelector(name));
    document.querySelector(".pm").style.cssText = "position: fixed; bottom: 0; flex-direction: row";
    globalThis.stay = new AbortController();
    globalThis.picked = [];
    const insert = (emoji) => { picked.push(emoji); field.focus(); };
    offerEmoji({ button, insert, signal: stay.signal });
}"""
LOADED = "() => performance.getEntriesByType('resource').map(({ name }) => name).join()"
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 720}


@pytest.fixture
def page(scripts):
    scripts.set_viewport_size(DESK)
    scripts.goto("http://scripts.test/")
    scripts.evaluate("() => localStorage.clear()")
    scripts.evaluate(FURNISH)
    return scripts


@pytest.fixture
def anchor(page):
    return page.locator("#anchor")


@pytest.fixture
def picker(page):
    return page.get_by_role("dialog", name="Emoji")


@pytest.fixture
def opened(anchor, picker):
    anchor.click()
    expect(picker).to_be_visible()
    return picker


def picked(page):
    return page.evaluate("() => picked")


def focused(page):
    return page.locator(":focus")


def test_is_loaded_when_it_is_wanted(page, anchor, picker):
    expect(anchor).to_be_visible()
    assert "picker" not in page.evaluate(LOADED)
    assert "vendor" not in page.evaluate(LOADED)
    anchor.click()
    expect(picker).to_be_visible()
    for name in ("picker.js", "picker.css", "emoji.js", "emoji_en.js"):
        assert f"/{name}" in page.evaluate(LOADED)


def test_a_click_picks_and_shuts(page, opened, anchor):
    expect(anchor).to_have_attribute("aria-expanded", "true")
    opened.get_by_role("button", name="grinning face", exact=True).click()
    assert picked(page) == ["😀"]
    expect(opened).to_have_count(0)
    expect(page.locator("textarea")).to_be_focused()
    expect(anchor).to_have_attribute("aria-expanded", "false")


def test_the_button_shuts_it_again(page, opened, anchor):
    anchor.click()
    expect(opened).to_have_count(0)
    expect(anchor).to_be_focused()
    anchor.click()
    expect(opened).to_be_visible()


def test_impatience_opens_it_once(anchor, picker):
    anchor.evaluate("(button) => { button.click(); button.click(); }")
    expect(picker).to_be_visible()


def test_escape_shuts_it_and_the_focus_returns(page, opened, anchor):
    expect(opened.get_by_role("searchbox", name="Search emoji")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(anchor).to_be_focused()
    assert picked(page) == []


def test_is_searched_and_enter_takes_the_first(page, opened):
    page.keyboard.type("rocket")
    expect(opened.get_by_role("gridcell").first).to_have_text("🚀")
    count = opened.get_by_role("gridcell").count()
    expect(opened.get_by_role("status")).to_have_text(f"{count} emoji found")
    expect(opened.get_by_role("tab", selected=True)).to_have_count(0)
    page.keyboard.press("Enter")
    assert picked(page) == ["🚀"]


def test_what_is_not_found_is_said_and_not_taken(page, opened):
    page.keyboard.type("no such thing")
    expect(opened.get_by_role("gridcell")).to_have_count(0)
    expect(opened.get_by_role("status")).to_have_text("0 emoji found")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(opened).to_be_visible()
    opened.get_by_role("searchbox").fill("")
    expect(opened.get_by_role("tab", selected=True)).to_have_accessible_name("Smileys")


def test_arrows_lead_through_the_grid(page, opened):
    cells = opened.get_by_role("gridcell").get_by_role("button")
    page.keyboard.press("ArrowDown")
    expect(cells.nth(0)).to_be_focused()
    for key, at in (("ArrowRight", 1), ("ArrowDown", 8), ("ArrowLeft", 7), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(cells.nth(at)).to_be_focused()
    page.keyboard.press("End")
    expect(cells.last).to_be_focused()
    expect(cells.last).to_be_in_viewport()
    assert opened.locator("[role=gridcell] [tabindex='0']").count() == 1
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(opened.get_by_role("searchbox")).to_be_focused()


def test_tab_leads_over_search_categories_and_grid(page, opened):
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_accessible_name("Smileys")
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_accessible_name("grinning face")
    page.keyboard.press("Enter")
    assert picked(page) == ["😀"]


def test_categories_are_chosen_by_arrows_and_clicks(page, opened):
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(focused(page)).to_have_accessible_name("Animals and nature")
    expect(opened.get_by_role("grid")).to_have_accessible_name("Animals and nature")
    expect(opened.get_by_role("tab", selected=True)).to_have_text("🐻")
    opened.get_by_role("tab", name="Flags").click()
    expect(opened.get_by_role("button", name="flag: Germany")).to_be_attached()
    opened.get_by_role("tab", name="Smileys").click()
    page.keyboard.press("ArrowLeft")
    expect(focused(page)).to_have_accessible_name("Flags")


def test_there_are_never_more_than_a_few_hundred_buttons(opened):
    tabs = opened.get_by_role("tab")
    assert tabs.count() == 9
    for tab in tabs.all():
        tab.click()
        assert 50 < opened.locator("button").count() < 420


def test_what_was_used_is_the_first_thing_shown(page, opened, anchor):
    page.keyboard.type("rocket")
    page.keyboard.press("Enter")
    anchor.click()
    expect(opened.get_by_role("tab", selected=True)).to_have_accessible_name("Recently used")
    assert opened.get_by_role("gridcell").all_text_contents() == ["🚀"]


def test_going_elsewhere_shuts_it(page, opened, anchor):
    page.locator("textarea").click()
    expect(opened).to_have_count(0)
    expect(page.locator("textarea")).to_be_focused()
    anchor.click()
    expect(opened).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(opened).to_have_count(0)


def test_a_conversation_that_is_left_takes_it_along(page, opened, anchor):
    page.evaluate("() => stay.abort()")
    expect(opened).to_have_count(0)
    anchor.click()
    page.wait_for_timeout(100)
    expect(opened).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESK, {"width": 740, "height": 260}])
def test_all_of_it_is_on_the_screen(page, opened, size):
    page.set_viewport_size(size)
    opened.get_by_role("tab", name="Symbols").click()
    expect(opened).to_be_in_viewport(ratio=1)
    assert opened.evaluate("({ clientWidth, scrollWidth }) => scrollWidth - clientWidth") == 0
    for part in (opened.get_by_role("searchbox"), opened.get_by_role("gridcell").first):
        expect(part).to_be_in_viewport(ratio=1)


def test_speaks_russian(page, anchor):
    page.evaluate("() => { document.documentElement.lang = 'ru'; }")
    anchor.click()
    page.get_by_role("searchbox").fill("ракета")
    expect(page.get_by_role("button", name="ракета", exact=True)).to_have_text("🚀")
    assert "emoji_en.js" not in page.evaluate(LOADED)
