"""Formatting and emoji, from the field of one person to the eyes of another."""

from playwright.sync_api import expect

from tests.browser.visitor import PHONE

FONT_SIZE = "(element) => parseFloat(getComputedStyle(element).fontSize)"


def test_what_is_set_off_is_seen_so_by_both(pair):
    mine, theirs = pair
    mine.field.fill("*bold* _it_ `code` https://example.com/a_b_c.\n> quoted\n```\n<b>\n```")
    mine.field.press("Enter")
    for tab in (mine, theirs):
        words = tab.messages.last
        expect(words.locator("strong")).to_have_text("bold")
        expect(words.locator("em")).to_have_text("it")
        expect(words.locator("blockquote")).to_have_text("quoted")
        expect(words.locator("pre code")).to_have_text("<b>")
        link = words.get_by_role("link")
        expect(link).to_have_attribute("href", "https://example.com/a_b_c")
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        expect(link).to_have_attribute("target", "_blank")


def test_markup_stays_text(pair):
    mine, theirs = pair
    mine.field.fill("<img src=x onerror=alert(1)> <b>*<i>*</b> javascript:alert(1)")
    mine.field.press("Enter")
    text = "<img src=x onerror=alert(1)> <b><i></b> javascript:alert(1)"
    expect(theirs.messages.last).to_have_text(text)
    expect(theirs.messages.last.locator("img, b, i, a")).to_have_count(0)
    expect(theirs.messages.last.locator("strong")).to_have_text("<i>")


def test_an_emoji_by_its_name_and_one_that_was_picked(pair):
    mine, theirs = pair
    mine.field.press_sequentially("well :smile:")
    expect(mine.field).to_have_value("well 😄")
    mine.page.get_by_role("button", name="Emoji").click()
    mine.page.get_by_role("searchbox", name="Search emoji").fill("rocket")
    mine.page.keyboard.press("Enter")
    expect(mine.field).to_have_value("well 😄🚀")
    expect(mine.field).to_be_focused()
    mine.field.press("Enter")
    expect(theirs.messages.last).to_have_text("well 😄🚀")
    mine.field.fill("😄🚀")
    mine.field.press("Enter")
    expect(theirs.messages.last).to_have_text("😄🚀")
    large, usual = (theirs.messages.nth(at).evaluate(FONT_SIZE) for at in (-1, -2))
    assert large > 1.5 * usual


def test_emoji_are_picked_on_a_phone(visit, site, pair):
    mine, _ = pair
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    phone = visit(mine.person, **options).open(mine.page.url)
    phone.page.get_by_role("button", name="Emoji").tap()
    picker = phone.page.get_by_role("dialog", name="Emoji")
    expect(picker).to_be_in_viewport(ratio=1)
    cell = picker.get_by_role("button", name="grinning face", exact=True)
    box = cell.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    cell.tap()
    expect(phone.field).to_have_value("😀")
