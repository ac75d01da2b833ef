"""What a device keeps: its choices, and drafts that signing out forgets."""

import pytest

from tests.browser.conftest import NOWHERE, serve

OPEN = """async () => {
    const { Choices } = await import("/choices.js");
    const { localStore } = await import("/storage.js");
    window.choices = new Choices(localStore());
    window.heard = [];
    window.leave = new AbortController();
    choices.watch((name) => heard.push([name, choices.get(name)]), leave.signal);
}"""

SIGN_OUT = """async ([waiting, agrees]) => {
    const { guardSignOut } = await import("/signout.js");
    const { Drafts } = await import("/drafts.js");
    const { Outbox } = await import("/outbox.js");
    const changed = () => {};
    for (const user of ["1", "2"]) {
        new Drafts(localStorage, user).set(7, "a draft");
        const outbox = new Outbox({ user, tab: "a", storage: localStorage, changed });
        if (waiting) outbox.add(7, "a message");
    }
    let warnings = 0;
    window.confirm = () => ++warnings && agrees;
    guardSignOut("/out/", "1");
    const form = document.createElement("form");
    form.action = "/out/";
    document.body.append(form);
    const goes = form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
    const kept = Object.keys(localStorage).map((key) => key.split(".", 3).join("."));
    return { goes, warnings, kept };
}"""

OFF = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("Switched off", "SecurityError"); } })"""


@pytest.fixture
def tab(browser):
    """Opens tabs of one browser."""
    context = browser.new_context()
    context.route("**/*", serve)

    def tab(trouble=""):
        page = context.new_page()
        page.goto(NOWHERE)
        page.evaluate(f"() => {{ {trouble} }}")
        page.evaluate(OPEN)
        return page

    yield tab
    context.close()


def chosen(page, name):
    return page.evaluate("name => choices.get(name)", name)


def choose(page, name, value):
    page.evaluate("([name, value]) => choices.set(name, value)", [name, value])


def test_what_nobody_chose(tab):
    page = tab()
    names = ("theme", "enter", "notify", "sound")
    assert [chosen(page, name) for name in names] == ["system", "send", "off", "on"]


def test_a_choice_holds_in_every_tab_and_outlives_them(tab):
    here, there = tab(), tab()
    choose(here, "theme", "dark")
    there.wait_for_function("heard.length")
    for page in (here, there):
        assert page.evaluate("heard") == [["theme", "dark"]]
        page.close()
    assert chosen(tab(), "theme") == "dark"


def test_what_is_kept_and_means_nothing_is_no_choice(tab):
    page = tab()
    choose(page, "theme", "pink")
    assert chosen(page, "theme") == "system"


def test_without_a_storage_a_choice_holds_as_long_as_the_page(tab):
    page = tab(OFF)
    choose(page, "sound", "off")
    assert chosen(page, "sound") == "off"
    assert page.evaluate("heard") == [["sound", "off"]]


def test_who_has_left_hears_nothing_more(tab):
    page = tab()
    page.evaluate("leave.abort()")
    choose(page, "sound", "off")
    assert page.evaluate("heard") == []


@pytest.mark.parametrize(
    ("waiting", "agrees", "warnings", "goes", "forgotten"),
    [(False, False, 0, True, True), (True, True, 1, True, True), (True, False, 1, False, False)],
)
def test_signing_out_forgets_ones_own_drafts_and_warns_of_messages_alone(
    tab, waiting, agrees, warnings, goes, forgotten
):
    told = tab().evaluate(SIGN_OUT, [waiting, agrees])
    assert (told["goes"], told["warnings"]) == (goes, warnings)
    kinds = ["draft", "outbox"] if waiting else ["draft"]
    users = ["2"] if forgotten else ["1", "2"]
    expected = [f"privatemessages.{kind}.{user}" for kind in kinds for user in users]
    assert sorted(told["kept"]) == expected
