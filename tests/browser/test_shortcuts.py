"""Keys of the whole page, and the list of them."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import check

BEGIN = """async () => {
    const { Choices } = await import("/choices.js");
    const { openHelp } = await import("/help.js");
    const { listenForShortcuts } = await import("/shortcuts.js");
    document.body.innerHTML = `<div class="pm">
        <button id="button">Button</button><textarea id="area"></textarea><input id="input">
        <details class="pm-menu"><summary id="summary">Menu</summary></details></div>`;
    localStorage.clear();
    window.end?.abort();
    window.end = new AbortController();
    window.choices = new Choices(localStorage);
    window.done = [];
    const note = (name) => (...values) => done.push([name, ...values].join(" "));
    listenForShortcuts({
        switcher: note("switcher"), step: note("step"), back: note("back"), write: note("write"),
        help: () => openHelp({ css: "/words.js", choices }), choices, signal: end.signal,
    });
}"""


@pytest.fixture
def page(scripts):
    scripts.evaluate(BEGIN)
    return scripts


@pytest.fixture
def dialog(page):
    return page.get_by_role("dialog", name="Keyboard and formatting")


def press(page, keys, place="#button"):
    """What it did."""
    page.evaluate("() => { done.length = 0; }")
    page.locator(place).press(keys)
    return page.evaluate("done")


@pytest.mark.parametrize("place", ["#button", "#area"])
@pytest.mark.parametrize(
    ("keys", "act"),
    [
        ("Control+k", "switcher"),
        ("Meta+k", "switcher"),
        ("Alt+ArrowUp", "step -1"),
        ("Alt+ArrowDown", "step 1"),
        ("Alt+Enter", "write"),
        ("Escape", "back"),
    ],
)
def test_a_key_does_its_work_wherever_one_is(page, place, keys, act):
    assert press(page, keys, place) == [act]


@pytest.mark.parametrize("keys", ["k", "/", "Alt+k", "Control+Alt+k", "Control+Shift+k", "ArrowUp"])
def test_other_keys_are_nobodys(page, keys):
    assert press(page, keys) == []


def test_where_a_keyboard_has_other_letters_the_place_counts(page, dialog):
    russian = """([key, code]) => document.body.dispatchEvent(new KeyboardEvent(
        "keydown", { key, code, ctrlKey: true, bubbles: true, cancelable: true }))"""
    page.evaluate(russian, ["л", "KeyK"])
    assert page.evaluate("done") == ["switcher"]
    page.evaluate(russian, [".", "Slash"])
    expect(dialog).to_be_visible()


def test_what_a_part_of_the_page_used_is_used(page):
    use = "document.querySelector('#area').onkeydown = (event) => event.preventDefault()"
    page.evaluate(f"() => {{ {use}; }}")
    assert press(page, "Escape", "#area") == []
    assert press(page, "Escape", "#input") == []
    assert press(page, "Escape") == ["back"]


def test_escape_closes_an_open_menu_first(page):
    page.locator("#summary").click()
    assert press(page, "Escape") == []
    expect(page.locator("details")).not_to_have_attribute("open", "")
    expect(page.locator("#summary")).to_be_focused()
    assert press(page, "Escape") == ["back"]


def test_nothing_is_done_behind_a_dialog(page, dialog):
    press(page, "Control+/")
    expect(dialog).to_be_visible()
    for keys in ("Control+k", "Alt+ArrowDown", "Alt+Enter", "Control+/"):
        assert press(page, keys, "dialog") == []
    expect(dialog).to_have_count(1)


def test_all_keys_end_with_the_page_part_that_they_belong_to(page):
    page.evaluate("end.abort()")
    assert press(page, "Escape") == []


@pytest.mark.parametrize("place", ["#button", "#area"])
def test_the_list_is_opened_from_anywhere_and_leads_back_there(page, dialog, place):
    press(page, "Control+/", place)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("row", name="Send Enter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(place)).to_be_focused()
    assert page.evaluate("done") == []


def test_a_question_mark_opens_it_but_not_where_one_writes(page, dialog):
    press(page, "?", "#area")
    press(page, "?", "#input")
    expect(page.locator("#area")).to_have_value("?")
    expect(dialog).to_have_count(0)
    press(page, "?")
    expect(dialog).to_be_visible()


def test_a_question_mark_can_be_given_up_for_keys_that_nobody_says(page, dialog):
    press(page, "?")
    dialog.get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    press(page, "?")
    press(page, "Control+/")
    expect(dialog).to_have_count(1)
    expect(dialog.get_by_role("checkbox")).not_to_be_checked()


def test_tells_what_enter_does_here(page, dialog):
    page.evaluate("choices.set('enter', 'line')")
    press(page, "Control+/")
    expect(dialog.get_by_role("row", name="Send Ctrl+Enter")).to_be_visible()
    expect(dialog.get_by_role("row", name="A new line Enter")).to_be_visible()


def test_the_keyboard_alone_leads_from_one_conversation_to_the_next(visit, site):
    me, *others = (site.person() for _ in range(3))
    for other in others:
        visit(other).open().write_to(me.name, f"hello from {other.name}")
    mine = visit(me).open()
    expect(mine.cards).to_have_count(2)
    mine.is_connected()
    newest, older = (f"hello from {other.name}" for other in reversed(others))
    mine.page.keyboard.press("Alt+ArrowDown")
    mine.sees(newest)
    mine.page.keyboard.press("Alt+ArrowDown")
    mine.sees(older)
    mine.page.keyboard.press("Alt+ArrowUp")
    mine.sees(newest)
    mine.page.locator("#pm-scroll").focus()
    mine.page.keyboard.press("Alt+Enter")
    expect(mine.field).to_be_focused()
    mine.page.keyboard.press("Escape")
    expect(mine.cards.locator("a").first).to_be_focused()


def test_the_list_stands_in_nobodys_way_and_leads_back_to_its_menu(pair):
    mine, _ = pair
    mine.page.goto("/messages/")
    mine.is_connected()
    menu = mine.page.locator("#pm-menu summary")
    menu.click()
    mine.page.locator("#pm-help").click()
    dialog = mine.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    check(mine.page)
    mine.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(menu).to_be_focused()
