"""What a tab shows of unread messages: its title and its icon."""

import base64

import pytest
from playwright.sync_api import expect

GREEN = """<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">
    <rect width="8" height="8" fill="#080"/>
</svg>"""
ICON = "data:image/svg+xml;base64," + base64.b64encode(GREEN.encode()).decode()
FOREIGN = "http://foreign.test/icon.svg"

BEGIN = """async (icons) => {
    const { Title } = await import("/title.js");
    document.head.replaceChildren();
    document.title = "Messages";
    for (const href of icons) {
        const link = Object.assign(document.createElement("link"), { rel: "icon", href });
        document.head.append(link);
    }
    window.title = new Title();
}"""

# The colours of two points: of the icon, and of the badge in its lower corner.
COLOURS = """async (link) => {
    const image = new Image();
    image.src = link.href;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 64, 64);
    return [[8, 8], [60, 40]].map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
}"""

ICON_GREEN, BADGE_RED, NOTHING = [0, 136, 0, 255], [198, 40, 40, 255], [0, 0, 0, 0]


@pytest.fixture
def begin(scripts):
    def begin(*icons):
        scripts.evaluate(BEGIN, [*icons])
        return scripts.locator("link[rel=icon]")

    return begin


def count(page, unread):
    page.evaluate("(unread) => title.count(unread)", unread)


def test_the_title_counts_what_is_unread_under_whatever_name(scripts, begin):
    begin()
    count(scripts, 3)
    expect(scripts).to_have_title("(3) Messages")
    scripts.evaluate("title.name('Alice')")
    expect(scripts).to_have_title("(3) Alice")
    count(scripts, 100)
    expect(scripts).to_have_title("(99+) Alice")
    count(scripts, 0)
    expect(scripts).to_have_title("Alice")


def test_the_sites_own_icon_wears_a_badge_until_all_is_read(scripts, begin):
    icon = begin(ICON)
    count(scripts, 3)
    expect(icon).to_have_attribute("type", "image/png")
    expect(icon).to_have_count(1)
    assert icon.evaluate(COLOURS) == [ICON_GREEN, BADGE_RED]
    three = icon.get_attribute("href")
    count(scripts, 12)
    expect(icon).not_to_have_attribute("href", three)
    count(scripts, 0)
    expect(icon).to_have_attribute("href", ICON)
    expect(icon).to_have_count(1)


def test_of_several_icons_none_is_left_that_a_browser_would_rather_show(scripts, begin):
    icons = begin("/times.js", ICON)
    count(scripts, 1)
    expect(icons).to_have_count(1)
    assert icons.evaluate(COLOURS) == [ICON_GREEN, BADGE_RED]
    count(scripts, 0)
    expect(icons).to_have_count(2)
    expect(icons.last).to_have_attribute("href", ICON)


@pytest.mark.parametrize(
    "icons", [[], ["/words.js"], [FOREIGN]], ids=["none", "no image", "foreign"]
)
def test_where_there_is_no_icon_to_draw_on_there_is_a_dot(scripts, begin, icons):
    closed = {"content-type": "image/svg+xml", "access-control-allow-origin": "http://else.test"}
    scripts.route(FOREIGN, lambda route: route.fulfill(body=GREEN, headers=closed))
    icon = begin(*icons)
    count(scripts, 3)
    expect(icon).to_have_attribute("type", "image/png")
    assert icon.evaluate(COLOURS) == [NOTHING, BADGE_RED]
    count(scripts, 0)
    expect(icon).to_have_count(len(icons))


def test_what_was_read_while_the_icon_was_loading_leaves_no_badge(scripts, begin):
    icon = begin(ICON)
    scripts.evaluate("() => { title.count(3); title.count(0); }")
    count(scripts, 1)
    expect(icon).to_have_attribute("type", "image/png")
    scripts.evaluate("() => { title.count(2); title.count(0); }")
    expect(icon).to_have_attribute("href", ICON)
    scripts.wait_for_timeout(200)
    expect(icon).to_have_attribute("href", ICON)


def test_where_nothing_can_be_drawn_the_icon_stays(scripts, begin):
    icon = begin(ICON)
    scripts.evaluate("() => { window.draw = HTMLCanvasElement.prototype.getContext; }")
    scripts.evaluate("() => { HTMLCanvasElement.prototype.getContext = () => null; }")
    try:
        count(scripts, 3)
        expect(scripts).to_have_title("(3) Messages")
        scripts.wait_for_timeout(200)
        expect(icon).to_have_attribute("href", ICON)
    finally:
        scripts.evaluate("() => { HTMLCanvasElement.prototype.getContext = draw; }")
