"""The theme, which holds before anything is drawn, and what else is chosen for a device."""

import pytest
from playwright.sync_api import expect

SETTINGS = "/messages/settings/"
LIGHT, DARK = "rgb(245, 247, 246)", "rgb(19, 25, 23)"  # the site's background
BACKGROUND = "getComputedStyle(document.body).backgroundColor"

# Notes what is worn as soon as there is something that could be drawn.
WATCH = """new MutationObserver((changes, observer) => {
    if (!document.body) return;
    observer.disconnect();
    const { colorScheme } = getComputedStyle(document.documentElement);
    window.first = [colorScheme, document.documentElement.dataset.pmTheme];
}).observe(document, { childList: true, subtree: true })"""

# Chromium without a window can neither ask a person nor be asked by one.
PERMISSION = """(permission, answer) => {
    window.asked = 0;
    class Notification {
        static permission = permission;
        static async requestPermission() {
            asked++;
            return (Notification.permission = answer);
        }
    }
    window.Notification = Notification;
}"""


def wearing(theme):
    return f"localStorage.setItem('privatemessages.choice.theme', '{theme}')"


def allowing(permission, answer=""):
    return f"({PERMISSION})('{permission}', '{answer}')"


@pytest.fixture
def settings(visit, site):
    """Opens the page of the settings, in a browser of which something is said before."""

    def settings(script="", **options):
        visitor = visit(site.person(), **options)
        visitor.context.add_init_script(script)
        page = visitor.open(SETTINGS).page
        expect(page.get_by_role("region", name="This device")).to_be_visible()
        return page

    return settings


def group(page, name):
    return page.get_by_role("group", name=name, exact=True)


def kept(page, name):
    return page.evaluate(f"localStorage.getItem('privatemessages.choice.{name}')")


@pytest.mark.parametrize("path", ["/accounts/login/", "/messages/", SETTINGS])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_worn_before_anything_is_drawn(visit, site, theme, scheme, path):
    visitor = visit(None if "login" in path else site.person(), color_scheme=scheme)
    visitor.context.add_init_script(f"{wearing(theme)}; {WATCH}")
    page = visitor.open(path).page
    assert page.evaluate("first") == [theme, theme]
    assert page.evaluate(BACKGROUND) == (LIGHT if theme == "light" else DARK)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("nothing", ["", wearing("system"), wearing("pink")])
def test_without_a_choice_it_is_as_the_system_says(visit, site, nothing, scheme):
    visitor = visit(site.person(), color_scheme=scheme)
    visitor.context.add_init_script(nothing)
    page = visitor.open().page
    assert page.evaluate("document.documentElement.dataset.pmTheme") == "system"
    assert page.evaluate(BACKGROUND) == (LIGHT if scheme == "light" else DARK)


def test_a_storage_that_is_switched_off_breaks_no_page(settings):
    page = settings("""Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("Switched off", "SecurityError"); } })""")
    group(page, "Theme").get_by_label("Dark").check()
    assert page.evaluate(BACKGROUND) == DARK


def test_the_theme_changes_at_once_in_every_tab(settings):
    page = settings(color_scheme="light")
    other = page.context.new_page()
    other.goto("/messages/")
    group(page, "Theme").get_by_label("Dark").check()
    assert page.evaluate(BACKGROUND) == DARK
    other.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    group(page, "Theme").get_by_label("As the system").check()
    other.wait_for_function(f"{BACKGROUND} === '{LIGHT}'")
    assert page.evaluate(BACKGROUND) == LIGHT


def test_a_page_loads_the_theme_once_though_two_templates_bring_it(visit, site):
    visitor = visit(site.person())
    visitor.context.add_init_script("""
        window.listeners = 0;
        const before = window.addEventListener;
        window.addEventListener = function (name, ...more) {
            if (document.currentScript?.src.includes("theme")) listeners++;
            before.call(this, name, ...more);
        };""")
    page = visitor.open(SETTINGS).page
    assert page.locator("script[src*=theme]").count() == 2
    assert page.evaluate("listeners") == 2  # "storage" and "pageshow"


def test_everything_is_chosen_by_keyboard(settings):
    page = settings(allowing("granted"))
    page.get_by_role("button", name="Save").focus()
    press = page.keyboard.press
    for name, key, value in (
        ("Theme", "ArrowDown", "light"),
        ("Enter key", "ArrowDown", "line"),
        ("Notifications", "ArrowUp", "on"),
        ("Sound", "ArrowDown", "off"),
    ):
        press("Tab")
        assert page.evaluate("document.activeElement.closest('fieldset').textContent").startswith(
            name
        )
        press(key)
        chosen = group(page, name).get_by_role("radio", checked=True)
        expect(chosen).to_have_value(value)
        expect(chosen).to_be_focused()
    names = ("theme", "enter", "notify", "sound")
    assert [kept(page, name) for name in names] == ["light", "line", "on", "off"]
    page.reload()
    for name, value in (("Enter key", "line"), ("Notifications", "on"), ("Sound", "off")):
        expect(group(page, name).get_by_role("radio", checked=True)).to_have_value(value)


def test_notifications_are_asked_for_by_a_click_alone(settings):
    page = settings(allowing("default", "granted"))
    place = group(page, "Notifications")
    assert page.evaluate("asked") == 0
    expect(place.get_by_role("radio")).to_have_count(0)
    place.get_by_role("button", name="Allow notifications").click()
    expect(place.get_by_label("On")).to_be_checked()
    expect(place.get_by_label("On")).to_be_focused()
    expect(place.get_by_role("button")).to_have_count(0)
    assert page.evaluate("asked") == 1
    assert kept(page, "notify") == "on"


def test_whoever_does_not_answer_may_be_asked_again(settings):
    page = settings(allowing("default", "default"))
    button = page.get_by_role("button", name="Allow notifications")
    button.press("Enter")
    page.wait_for_function("asked === 1")
    expect(button).to_be_focused()
    assert kept(page, "notify") is None


def test_says_that_the_browser_blocks_notifications(settings):
    page = settings(allowing("default", "denied"))
    place = group(page, "Notifications")
    words = place.get_by_role("status")
    expect(words).to_be_empty()
    place.get_by_role("button").click()
    expect(words).to_contain_text("blocks notifications")
    expect(words).to_be_focused()
    expect(place.get_by_role("button")).to_have_count(0)
    page.evaluate("Notification.permission = 'granted'; dispatchEvent(new Event('focus'))")
    expect(place.get_by_role("radio")).to_have_count(2)
    expect(words).to_be_empty()


def test_says_that_the_browser_offers_no_notifications(settings):
    page = settings("delete window.Notification")
    place = group(page, "Notifications")
    expect(place.get_by_role("status")).to_have_text("This browser offers no notifications.")
    expect(place.get_by_role("button")).to_have_count(0)


def test_the_page_is_russian_for_russians(visit, site):
    page = visit(site.person(), locale="ru-RU").open(SETTINGS).page
    expect(group(page, "Тема").get_by_label("Тёмная")).to_be_visible()
