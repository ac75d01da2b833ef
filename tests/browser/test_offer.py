"""Notifications are offered in one line, and asked for after a click alone."""

from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serve

SECURE = "https://scripts.test/"
NUMBERS = count()

ASK = """() => {
    document.body.innerHTML = "<div id=pm-inbox></div><button id=pm-help data-css=/words.js>";
    window.asked = 0;
    window.Notification = class {
        static permission = "default";
        static async requestPermission() {
            asked += 1;
            Notification.permission = answer;
            return answer;
        }
    };
}"""

BEGIN = """async (answer) => {
    const { Choices } = await import("/choices.js");
    const { Notifier } = await import("/notifier.js");
    window.answer = answer;
    window.choices = new Choices(localStorage);
    window.notifier = new Notifier({ choices, me: "1", open() {}, card() {} });
}"""


@pytest.fixture
def page(browser):
    context = browser.new_context()
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(SECURE)
    page.evaluate(ASK)
    yield page
    context.close()


def begin(page, answer="granted"):
    page.evaluate(BEGIN, answer)
    return page.locator("#pm-offer")


def hear(page, in_view=False):
    frame = {
        "thread": 1,
        "sender": {"id": "2", "name": "bob"},
        "id": str(next(NUMBERS)),
        "kind": "text",
        "text": "hello",
        "seq": None,
    }
    page.evaluate("([frame, inView]) => notifier.message(frame, inView)", [frame, in_view])


@pytest.mark.parametrize(("answer", "notify"), [("granted", "on"), ("denied", "off")])
def test_who_says_yes_is_asked_by_the_browser(page, answer, notify):
    offer = begin(page, answer)
    hear(page)
    hear(page)
    expect(offer).to_have_count(1)
    assert page.evaluate("asked") == 0
    offer.get_by_role("button", name="Yes").click()
    page.wait_for_function("asked === 1")
    expect(offer).to_have_count(0)
    assert page.evaluate("choices.get('notify')") == notify


def test_who_says_no_is_not_asked_again(page):
    offer = begin(page)
    hear(page)
    offer.get_by_role("button", name="No").click()
    expect(offer).to_have_count(0)
    begin(page)
    hear(page)
    page.wait_for_timeout(300)
    expect(offer).to_have_count(0)
    assert page.evaluate("[asked, choices.get('notify')]") == [0, "off"]


def test_nobody_is_bothered_before_there_is_something_to_tell(page):
    offer = begin(page)
    hear(page, in_view=True)
    page.wait_for_timeout(300)
    expect(offer).to_have_count(0)
    hear(page)
    expect(offer).to_have_count(1)


def test_nothing_is_offered_that_cannot_be_had(page):
    offer = begin(page)
    page.evaluate("""() => {
        window.Notification = class {
            static permission = "default";
            constructor() {
                window.tried = true;
                throw new TypeError("Illegal constructor."); // as on Android
            }
        };
    }""")
    hear(page)
    page.wait_for_function("window.tried")
    page.wait_for_timeout(300)
    expect(offer).to_have_count(0)
