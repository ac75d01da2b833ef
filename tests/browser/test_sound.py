"""The tone: two notes where browsers allow a sound, and silence before."""

import pytest

from tests.browser.conftest import serve

# What sounds cannot be heard here: this counts the notes, and the contexts that are left open.
NOTE = """() => {
    window.notes = 0;
    window.contexts = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
        notes += 1;
        return start.apply(this, when);
    };
    const Real = AudioContext;
    window.AudioContext = class extends Real {
        constructor() {
            super();
            contexts.push(this);
        }
    };
}"""
CHIME = "async () => { await (await import('/sound.js')).chime(); }"
LEFT_OPEN = "contexts.filter(({ state }) => state !== 'closed').length"


# Whatever a test evaluates on a page counts as somebody's touch: this runs by itself.
UNTOUCHED = """<!doctype html><script type="module">
    (NOTE)();
    const { chime } = await import("/sound.js");
    await chime();
    document.title = `${notes} notes, ${LEFT_OPEN} open of ${contexts.length}`;
</script>""".replace("NOTE", NOTE).replace("LEFT_OPEN", LEFT_OPEN)


@pytest.fixture
def page(scripts):
    scripts.reload()
    scripts.evaluate(NOTE)
    return scripts


def test_sounds_once_somebody_has_touched_the_page(page):
    page.mouse.click(5, 5)
    page.evaluate(CHIME)
    assert page.evaluate("notes") == 2
    assert page.evaluate(f"[contexts.length, {LEFT_OPEN}]") == [1, 0]


def test_is_quiet_on_a_page_that_nobody_has_touched(browser):
    page = browser.new_page()
    page.route("**/*", serve)
    page.route(
        "**/untouched", lambda route: route.fulfill(body=UNTOUCHED, content_type="text/html")
    )
    page.goto("http://scripts.test/untouched")
    page.wait_for_timeout(1_000)
    assert page.title() == "0 notes, 0 open of 1"
    page.close()


def test_a_browser_without_sound_is_quiet(page):
    page.evaluate("delete window.AudioContext")
    page.evaluate(CHIME)
    assert page.evaluate("notes") == 0
