"""What is completed while one writes. It is loaded then, and nothing typed meanwhile is missed."""

import re

import pytest
from playwright.sync_api import expect

FURNISH = """async () => {
    const { completeIn } = await import("/completing.js");
    const { make } = await import("/page.js");
    globalThis.stay?.abort();
    globalThis.stay = new AbortController();
    const [form, field, list] = ["form", "textarea", "ul"].map((name) => make(name, ""));
    list.id = "list";
    list.hidden = true;
    form.append(list, field);
    document.body.replaceChildren(form);
    field.focus();
    const commands = [{ name: "kick", usage: "/kick somebody", help: "", takes_member: true }];
    const members = async (query) => ["bob", "Bo Peep"].filter((name) => name.startsWith(query));
    globalThis.options = { field, list, commands, members, signal: stay.signal };
    completeIn(options);
}"""
LOADED = (
    """() => performance.getEntriesByType("resource").map(({ name }) => name.split("/").pop())"""
)


@pytest.fixture
def page(scripts):
    scripts.goto("http://scripts.test/")
    scripts.evaluate(FURNISH)
    yield scripts
    scripts.unroute("**/vendor/emoji.js")
    scripts.unroute("**/completer.js")


@pytest.fixture
def field(page):
    return page.locator("textarea")


def options(page):
    return page.get_by_role("option")


def completes(page):
    page.wait_for_function("() => document.querySelector('[aria-autocomplete]')")


def holding(page, name):
    """Keeps a script back until the answer is called."""
    held = []

    def hold(route):
        held.append(route)

    def let_go():
        for _ in range(100):
            page.wait_for_timeout(0 if held else 20)
        assert held
        page.unroute(f"**/{name}")
        for route in held:
            route.fallback()

    page.route(f"**/{name}", hold)
    return let_go


def test_loads_nothing_for_plain_words(page, field):
    field.press_sequentially("hello, it is 12:30 and/or http://a.b")
    assert "completer.js" not in page.evaluate(LOADED)
    field.press_sequentially(" :")
    completes(page)
    assert "completer.js" in page.evaluate(LOADED)
    assert "emoji.js" not in page.evaluate(LOADED)


@pytest.mark.parametrize(
    ("typed", "offered", "taken"),
    [("/", "/kick somebody", "/kick "), ("hello @bo", "bob", "hello @bob ")],
)
def test_completes_what_began_to_be_typed_before_it_was_loaded(page, field, typed, offered, taken):
    let_go = holding(page, "completer.js")
    field.press_sequentially(typed)
    expect(options(page)).to_have_count(0)
    let_go()
    expect(options(page).first).to_have_text(offered)
    field.press("Tab")
    expect(field).to_have_value(taken)


def test_offers_emoji_and_puts_in_the_chosen_one(page, field):
    field.press_sequentially("well :smil")
    expect(options(page).first).to_have_text("😄 :smile:")
    combobox = page.get_by_role("combobox")
    expect(combobox).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[aria-selected=true]")).to_have_text("😄 :smile:")
    field.press("ArrowDown")
    expect(page.locator("[aria-selected=true]")).to_have_text(options(page).nth(1).text_content())
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("well 😄")
    expect(field).to_be_focused()
    expect(options(page)).to_have_count(0)
    expect(combobox).to_have_count(0)


def test_one_letter_is_no_name_yet_and_escape_closes(page, field):
    field.press_sequentially(":s")
    completes(page)
    expect(options(page)).to_have_count(0)
    field.press_sequentially("m")
    expect(options(page)).not_to_have_count(0)
    field.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(field).to_have_value(":sm")


def test_a_name_is_replaced_when_its_last_colon_is_typed(page, field):
    field.press_sequentially("so :smile: and :no_such: (:+1:)")
    expect(field).to_have_value("so 😄 and :no_such: (👍)")
    expect(options(page)).to_have_count(0)
    field.fill("")
    field.press_sequentially(":smile:")
    expect(field).to_have_value("😄")
    field.press_sequentially("!")
    expect(field).to_have_value("😄!")


@pytest.mark.parametrize("script", ["completer.js", "vendor/emoji.js"])
def test_names_that_were_closed_while_it_loaded_are_replaced_then(page, field, script):
    let_go = holding(page, script)
    field.press_sequentially(":smile: and :heart: all")
    expect(field).to_have_value(":smile: and :heart: all")
    let_go()
    expect(field).to_have_value("😄 and ❤️ all")
    field.press_sequentially("!")
    expect(field).to_have_value("😄 and ❤️ all!")


def test_what_is_gone_by_then_is_left_alone(page, field):
    let_go = holding(page, "vendor/emoji.js")
    field.press_sequentially("x :")
    completes(page)
    field.press_sequentially("smile:")
    field.fill("something else")
    let_go()
    page.wait_for_function("() => import('/emojis.js')")
    expect(field).to_have_value("something else")


def test_what_was_there_or_is_pasted_is_left_alone(page, field):
    field.evaluate("(field) => (field.value = ':smile: ')")
    field.press("End")
    field.press_sequentially(":heart:")
    expect(field).to_have_value(":smile: ❤️")
    field.evaluate(
        """(field) => {
            field.setRangeText(" :tea:", field.value.length, field.value.length, "end");
            field.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste" }));
        }"""
    )
    field.press_sequentially(" : :")
    expect(field).to_have_value(":smile: ❤️ :tea: : :")


@pytest.mark.parametrize("script", ["completer.js", "vendor/emoji.js"])
def test_a_script_that_does_not_come_is_asked_for_again(page, field, script):
    page.evaluate("() => addEventListener('unhandledrejection', () => { globalThis.loud = true; })")
    page.route(f"**/{script}", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        field.press_sequentially(":heart:")
    page.unroute(f"**/{script}")
    field.press_sequentially(" :smile:")
    expect(field).to_have_value(re.compile(" 😄$"))
    assert not page.evaluate("() => globalThis.loud")


def test_a_conversation_that_was_left_listens_no_more(page, field):
    page.evaluate("() => stay.abort()")
    field.press_sequentially(":smile:")
    assert "completer.js" not in page.evaluate(LOADED)
    page.evaluate(FURNISH)
    field.press_sequentially("/k")
    expect(options(page)).to_have_count(1)
    page.evaluate("() => stay.abort()")
    expect(options(page)).to_have_count(0)
    field.press_sequentially("i")
    expect(options(page)).to_have_count(0)
