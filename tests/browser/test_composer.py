"""Where a message is written: its keys, its limit, and the draft that outlives all but sending."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NOWHERE, SCRIPTS, serve

LIMIT = 100

FORM = """
<section class="pm pm-thread"><form id="pm-composer" class="pm-composer">
  <p id="pm-problem" class="pm-problem" role="alert" hidden></p>
  <textarea name="message" aria-label="Message" rows="1"></textarea>
  <p id="pm-left" hidden></p>
  <button>Send</button>
</form></section>"""

OPEN = """async ({ form, thread, person, limit, refusal }) => {
    const modules = ["choices", "drafts", "composer", "storage"];
    const found = await Promise.all(modules.map((name) => import(`/${name}.js`)));
    const { Choices, Drafts, Composer, localStore } = Object.assign({}, ...found);
    window.leave?.abort();
    document.body.innerHTML = form;
    window.leave = new AbortController();
    window.sent ??= [];
    window.typed = 0;
    window.choices ??= new Choices(localStore());
    window.drafts ??= new Drafts(localStore(), person);
    window.composer = new Composer({
        root: document.querySelector(".pm-thread"), thread, limit, choices, drafts,
        send: (text) => refusal || (sent.push(text), ""),
        typing: () => typed++, signal: leave.signal,
    });
}"""

DRAFT = "() => localStorage.getItem('privatemessages.draft.1.7')"


class Desk:
    """One tab, with the field of one thread."""

    def __init__(self, context):
        self.page = context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(NOWHERE)
        for sheet in sorted((SCRIPTS.parent / "css").glob("*.css")):
            self.page.add_style_tag(path=sheet)
        self.field = self.page.get_by_label("Message")
        self.left = self.page.locator("#pm-left")
        self.problem = self.page.locator("#pm-problem")

    def open(self, thread=7, person="1", limit=LIMIT, refusal=""):
        options = {"thread": thread, "person": person, "limit": limit, "refusal": refusal}
        self.page.evaluate(OPEN, options | {"form": FORM})
        return self

    def reload(self):
        self.page.reload()
        return self.open()

    def choose(self, name, value):
        self.page.evaluate("([name, value]) => choices.set(name, value)", [name, value])

    def press(self, key, **properties):
        """As an input method or another browser would tell it."""
        event = {"key": key, "bubbles": True, "cancelable": True, **properties}
        script = "(field, event) => field.dispatchEvent(new KeyboardEvent('keydown', event))"
        self.field.evaluate(script, event)

    def holds(self, text):
        expect(self.field).to_have_value(text)

    @property
    def sent(self):
        return self.page.evaluate("sent")

    @property
    def typed(self):
        return self.page.evaluate("typed")

    def has_draft(self, text):
        self.page.wait_for_function(f"text => ({DRAFT})() === text", arg=text)


@pytest.fixture
def desk(browser):
    """Opens tabs of one browser."""
    context = browser.new_context(viewport={"width": 600, "height": 500})
    context.route("**/*", serve)
    desks = []

    def open_tab():
        desks.append(Desk(context))
        return desks[-1]

    yield open_tab
    context.close()
    assert [error for one in desks for error in one.errors] == []


@pytest.fixture
def phone(browser):
    context = browser.new_context(has_touch=True, is_mobile=True)
    context.route("**/*", serve)
    yield Desk(context).open()
    context.close()


# Drafts


def test_a_draft_outlives_a_reload_and_is_gone_when_it_is_sent(desk):
    tab = desk().open()
    tab.field.press_sequentially("not yet")
    tab.reload().holds("not yet")
    tab.field.press("Enter")
    assert tab.sent == ["not yet"]
    tab.holds("")
    tab.reload().holds("")


def test_each_thread_and_each_person_has_a_draft_of_their_own(desk):
    tab = desk().open()
    tab.field.fill("for seven")
    tab.open(thread=8).holds("")
    tab.field.fill("for eight")
    tab.open(thread=7).holds("for seven")
    tab.page.reload()
    tab.open(person="2").holds("")
    tab.page.reload()
    tab.open(thread=8).holds("for eight")


def test_what_the_server_put_into_the_field_is_not_overwritten(desk):
    tab = desk().open()
    tab.field.fill("a draft")
    tab.field.blur()
    given = FORM.replace("></textarea>", ">refused by the server</textarea>")
    options = {"form": given, "thread": 7, "person": "1", "limit": LIMIT, "refusal": ""}
    tab.page.evaluate(OPEN, options)
    tab.holds("refused by the server")


def test_a_draft_is_kept_while_it_is_written_but_not_with_every_key(desk):
    tab = desk().open()
    tab.page.evaluate("""() => {
        const before = Storage.prototype.setItem;
        window.kept = [];
        Storage.prototype.setItem = function (key, text) {
            kept.push(performance.now());
            before.call(this, key, text);
        };
    }""")
    tab.field.press_sequentially("word" * 20, delay=15)
    tab.has_draft("word" * 20)
    kept = tab.page.evaluate("kept")
    assert len(kept) > 1
    assert min(later - earlier for earlier, later in pairwise(kept)) > 250


@pytest.mark.parametrize("end", ["composer.field.blur()", "leave.abort()", ""])
def test_the_last_words_are_kept_at_once(desk, end):
    tab = desk().open()
    tab.field.focus()
    tab.page.evaluate(f"""() => {{
        window.setTimeout = () => 1;
        composer.insert("the last words");
        {end};
    }}""")
    if not end:
        tab.page.reload()
    assert tab.page.evaluate(DRAFT) == "the last words"


def test_a_draft_follows_into_the_other_tabs(desk):
    here, there, elsewhere = desk().open(), desk().open(), desk().open(thread=8)
    here.field.press_sequentially("begun here")
    there.holds("begun here")
    there.field.press_sequentially(", ended there")
    here.field.blur()
    there.field.press("Enter")
    assert there.sent == ["begun here, ended there"]
    here.holds("")
    elsewhere.holds("")


def test_who_is_writing_keeps_their_words(desk):
    here, there = desk().open(), desk().open()
    here.field.fill("mine")
    here.has_draft("mine")
    here.field.focus()
    there.field.fill("theirs")
    there.has_draft("theirs")
    here.field.press("End")  # what the other tab told has come before this
    here.holds("mine")


def test_a_field_that_was_left_is_not_written_to_any_more(desk):
    here, there = desk().open(), desk().open()
    here.page.evaluate("leave.abort()")
    there.field.fill("from there")
    there.has_draft("from there")
    there.field.blur()
    here.open(thread=8)
    here.holds("")


OFF = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("Switched off", "SecurityError"); } })"""
FULL = """Storage.prototype.setItem = () => {
    throw new DOMException("Full", "QuotaExceededError"); }"""


@pytest.mark.parametrize("trouble", [OFF, FULL], ids=["off", "full"])
def test_without_room_a_draft_lives_as_long_as_the_page(desk, trouble):
    tab = desk()
    tab.page.evaluate(f"() => {{ {trouble} }}")
    tab.open().field.fill("no room for this")
    tab.open(thread=8).holds("")
    tab.open(thread=7).holds("no room for this")
    tab.field.press("Enter")
    tab.open(thread=8).open(thread=7).holds("")
    assert tab.sent == ["no room for this"]


# Keys


@pytest.mark.parametrize(
    ("choice", "key", "sent", "left"),
    [
        ("send", "Enter", ["words"], ""),
        ("send", "Shift+Enter", [], "words\n"),
        ("send", "Control+Enter", ["words"], ""),
        ("send", "Meta+Enter", ["words"], ""),
        ("send", "Alt+Enter", [], "words"),
        ("line", "Enter", [], "words\n"),
        ("line", "Shift+Enter", [], "words\n"),
        ("line", "Control+Enter", ["words"], ""),
        ("line", "Meta+Enter", ["words"], ""),
    ],
)
def test_enter_does_what_was_chosen(desk, choice, key, sent, left):
    tab = desk().open()
    tab.choose("enter", choice)
    tab.field.fill("words")
    tab.field.press(key)
    tab.holds(left)
    assert tab.sent == sent


def test_the_field_tells_what_enter_does(desk):
    tab = desk().open()
    for choice, hint, words in (
        ("line", "enter", "Ctrl+Enter sends, Enter begins a new line."),
        ("send", "send", "Enter sends, Shift+Enter begins a new line."),
    ):
        tab.field.blur()
        tab.choose("enter", choice)
        tab.field.focus()
        expect(tab.field).to_have_attribute("enterkeyhint", hint)
        expect(tab.field).to_have_attribute("aria-description", words)


@pytest.mark.parametrize("composing", [{"isComposing": True}, {"keyCode": 229}])
def test_an_enter_that_chooses_a_word_of_an_input_method_sends_nothing(desk, composing):
    tab = desk().open()
    tab.field.fill("にほん")
    for control in ({}, {"ctrlKey": True}):
        tab.press("Enter", **composing, **control)
    assert tab.sent == []
    tab.press("Enter")
    assert tab.sent == ["にほん"]


def test_on_a_touch_screen_enter_begins_a_line_and_the_button_sends(phone):
    expect(phone.field).to_have_attribute("enterkeyhint", "enter")
    phone.page.evaluate("composer.focus()")
    expect(phone.field).not_to_be_focused()
    phone.field.fill("words")
    phone.field.press("Enter")
    phone.holds("words\n")
    assert phone.sent == []
    phone.page.get_by_role("button").tap()
    assert phone.sent == ["words"]
    phone.holds("")


def test_the_field_keeps_the_focus(desk):
    tab = desk().open()
    tab.field.fill("words")
    tab.page.get_by_role("button").click()
    expect(tab.field).to_be_focused()
    assert tab.sent == ["words"]


def test_what_is_refused_stays_with_the_reason(desk):
    tab = desk().open(refusal="Not now.")
    tab.field.fill("words")
    tab.field.press("Enter")
    expect(tab.problem).to_have_text("Not now.")
    tab.holds("words")
    tab.field.press("End")
    tab.field.press("x")
    expect(tab.problem).to_be_hidden()


def test_nothing_is_sent_where_there_is_nothing(desk):
    tab = desk().open()
    tab.field.fill("  \n ")
    tab.field.press("Enter")
    assert tab.sent == []
    expect(tab.problem).to_be_hidden()


def test_puts_an_emoji_where_the_cursor_is(desk):
    tab = desk().open()
    tab.field.fill("well done")
    tab.field.evaluate("field => field.setSelectionRange(4, 5)")
    tab.field.blur()
    tab.page.evaluate("composer.insert('👍')")
    expect(tab.field).to_be_focused()
    tab.field.press_sequentially("!")
    tab.holds("well👍!done")
    tab.has_draft("well👍!done")


# The limit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 89, ""),
        ("x" * 90, "10 characters left"),
        ("🙂" * 90, "10 characters left"),
        ("x" * 80 + " " * 20, ""),
        ("x" * 99, "1 character left"),
        ("x" * 100, "0 characters left"),
        ("x" * 101, "1 character too many"),
    ],
)
def test_shows_how_much_is_left_when_it_is_little(desk, text, words):
    tab = desk().open()
    tab.field.fill("x" * 95)
    expect(tab.left).to_have_text("5 characters left")
    tab.field.fill(text)
    expect(tab.left).to_have_text(words)
    expect(tab.left).to_be_visible(visible=bool(words))
    assert tab.left.evaluate("left => left.classList.contains('pm-over')") == (len(text) == 101)


def test_a_draft_that_is_too_long_says_so_from_the_beginning(desk):
    tab = desk().open()
    tab.field.fill("x" * 103)
    tab.reload()
    expect(tab.left).to_have_text("3 characters too many")


def test_a_screen_reader_is_told_now_and_then(desk):
    tab = desk().open()
    told = tab.page.get_by_role("status")
    tab.field.fill("x" * 90)
    expect(told).to_have_text("10 characters left")
    expect(tab.left).to_have_attribute("aria-hidden", "true")
    for length, words in ((91, "9 characters left"), (94, "6 characters left")):
        tab.field.fill("x" * length)
        expect(tab.left).to_have_text(words)
    tab.page.wait_for_timeout(200)  # longer than it takes to be told
    expect(told).to_have_text("10 characters left")
    tab.field.press("End")
    tab.field.press("x")
    expect(told).to_have_text("5 characters left")
    tab.field.fill("x" * 103)
    expect(told).to_have_text("3 characters too many")
    tab.field.fill("x")
    expect(told).to_be_empty()


def test_what_is_pasted_is_not_cut_and_refused_in_words(desk):
    tab = desk().open(limit=10_000)
    tab.field.focus()
    tab.page.keyboard.insert_text("x" * 10_001)
    tab.holds("x" * 10_001)
    tab.field.press("Enter")
    expect(tab.problem).to_have_text("The message is too long: 10,001 of 10,000 characters.")
    assert tab.sent == []
    tab.holds("x" * 10_001)


# Typing


def test_tells_that_somebody_types_at_most_every_three_seconds(desk):
    tab = desk()
    tab.page.clock.install(time=1_000)
    tab.open()
    tab.page.clock.pause_at(2_000_000)
    tab.field.press_sequentially("hello")
    assert tab.typed == 1
    tab.page.clock.run_for(2_900)
    tab.field.press("x")
    assert tab.typed == 1
    tab.page.clock.run_for(200)
    tab.field.press("x")
    assert tab.typed == 2
    tab.field.press("Enter")
    tab.field.press("y")
    assert tab.typed == 3


def test_commands_and_what_was_taken_back_are_not_told(desk):
    tab = desk().open()
    for text in ("/who", "   ", ""):
        tab.field.fill(text)
    assert tab.typed == 0
    tab.reload()
    assert tab.typed == 0
    tab.field.fill("//who")
    assert tab.typed == 1


# Size


def test_grows_with_its_text_up_to_a_part_of_the_window(desk):
    tab = desk().open()
    height = tab.field.evaluate("field => field.offsetHeight")
    tab.field.fill("a line\n" * 3)
    grown = tab.field.evaluate("field => field.offsetHeight")
    assert height < grown <= 200
    assert tab.field.evaluate("field => field.scrollHeight <= field.clientHeight")
    tab.field.fill("a line\n" * 50)
    assert tab.field.evaluate("field => field.offsetHeight") == 200  # 40 % of 500 px
    tab.choose("enter", "send")
    tab.open()
    assert tab.field.evaluate("field => field.offsetHeight") == 200
    tab.field.fill("one")
    tab.field.press("Enter")
    assert tab.field.evaluate("field => field.offsetHeight") == height


# In the messenger


def test_going_from_thread_to_thread_takes_no_word_along_and_loses_none(visit, site):
    tab = visit(site.person()).open()
    for name in (site.person().name, site.person().name):
        tab.page.goto("/messages/")
        tab.write_to(name, f"hello {name}")
        tab.sees(f"hello {name}")
    expect(tab.cards).to_have_count(2)
    tab.is_connected()
    tab.field.press_sequentially("not sent yet")
    first, second = tab.cards.nth(0).get_by_role("link"), tab.cards.nth(1).get_by_role("link")
    second.click()
    expect(tab.field).to_have_value("")
    expect(tab.field).to_be_focused()
    first.click()
    expect(tab.field).to_have_value("not sent yet")
    tab.field.press("Enter")
    tab.sees_sent("not sent yet")
    tab.page.reload()
    expect(tab.field).to_have_value("")
