"""Two people talk on the real site."""

import re
import time

from playwright.sync_api import expect

from tests.browser.visitor import PHONE

FAR = 100_000  # pixels, further than any log
SCRIPT = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


def test_a_message_is_seen_by_the_other_within_a_second_and_survives_a_reload(pair):
    mine, theirs = pair
    mine.write("How are you?")
    theirs.sees("hello", "How are you?", within=1)
    theirs.write("Fine!")
    mine.sees("hello", "How are you?", "Fine!", within=1)
    mine.sees_sent("How are you?")
    mine.sees_seen("How are you?", theirs.person.name)
    for tab in (mine, theirs):
        tab.page.reload()
        tab.sees("hello", "How are you?", "Fine!")


def test_two_tabs_of_one_person_agree(pair):
    mine, theirs = pair
    other = mine.in_another_tab()
    other.is_connected()
    mine.write("from the first tab")
    other.write("from the second tab")
    theirs.write("from the other side")
    theirs.counts("4 messages", "3 received", "1 sent")
    mine.counts("4 messages", "1 received", "3 sent")
    for tab in (mine, other):
        tab.sees_sent("from the first tab")
        tab.sees_sent("from the second tab")
    expect(mine.messages).to_have_count(4)
    other.sees(*mine.messages.all_text_contents())
    theirs.sees(*mine.messages.all_text_contents())


def test_what_is_written_is_shown_as_text_and_never_as_markup(pair):
    mine, theirs = pair
    mine.write(SCRIPT)
    theirs.sees("hello", SCRIPT)
    mine.page.reload()
    mine.sees("hello", SCRIPT)
    for tab in (mine, theirs):
        assert tab.page.locator("#pm-log script, #pm-log img").count() == 0
        assert tab.page.title() != "taken"


def test_lines_and_spaces_stay_as_they_were_written(pair):
    mine, theirs = pair
    text = "first\n    second\n\nלשון"
    mine.write(text)
    expect(theirs.messages).to_have_count(2)
    assert theirs.messages.nth(1).inner_text() == text


def test_enter_and_control_enter_send_and_shift_enter_begins_a_line(pair):
    mine, _ = pair
    mine.write("one")
    mine.write("two", key="Control+Enter")
    mine.write("three", key="Shift+Enter")
    expect(mine.field).to_have_value("three\n")
    mine.field.press("Enter")
    mine.sees("hello", "one", "two", "three")


def test_an_enter_that_ends_a_composition_does_not_send(pair):
    mine, _ = pair
    mine.field.fill("にほん")
    mine.field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(mine.field).to_have_value("にほん")
    mine.sees("hello")


def test_the_cursor_is_where_one_writes(visit, site):
    tab = visit(site.person()).open()
    tab.page.fill("[name=recipient_name]", site.person().name)
    tab.page.locator(".pm-new [name=message]").fill("by keyboard")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.sees("by keyboard")
    expect(tab.field).to_be_focused()
    tab.page.reload()
    expect(tab.field).to_be_focused()


def test_a_keyboard_on_a_screen_stays_away_until_one_touches_the_field(visit, site):
    touched = visit(site.person(), viewport=PHONE, has_touch=True, is_mobile=True).open()
    touched.write_to(site.person().name, "by touch")
    touched.is_connected()
    expect(touched.field).not_to_be_focused()


def test_an_empty_message_is_not_sent_and_one_that_is_too_long_says_so(pair):
    mine, _ = pair
    mine.write("   ")
    mine.sees("hello")
    mine.write("😀" * 10_001)
    problem = mine.page.locator("#pm-problem")
    expect(problem).to_have_text("The message is too long: 10,001 of 10,000 characters.")
    expect(mine.field).to_have_value("😀" * 10_001)
    mine.field.press("Backspace")
    expect(problem).to_be_hidden()
    mine.field.press("Enter")
    mine.sees_sent("😀" * 10_000)


def test_the_header_counts_as_russians_do_while_messages_come(visit, site):
    mine, others = site.person(), site.person()
    tab = visit(mine, locale="ru-RU").open()
    tab.write_to(others.name, "раз")
    tab.counts("1 сообщение", "получено 0", "отправлено 1")
    for total, words in ((2, "2 сообщения"), (5, "5 сообщений"), (21, "21 сообщение")):
        known = tab.messages.count()
        site.save(tab.thread, others, *(f"номер {n}" for n in range(known, total)))
        tab.counts(words, f"получено {total - 1}", "отправлено 1")
    site.save(tab.thread, others, "ещё")
    tab.counts("22 сообщения", "получено 21", "отправлено 1")


def test_times_are_in_the_persons_zone_by_the_script_and_by_the_server(visit, site):
    mine, other = site.person(), site.person()
    visitor = visit(mine, timezone_id="Asia/Kathmandu")  # 5:45 ahead
    tab = visitor.open()
    tab.write_to(other.name, "hello")
    tab.sees("hello")
    moment = tab.page.locator("#pm-log time")
    expected = time.strftime("%H:%M", time.gmtime(_moment(moment) + 5.75 * 3600))
    expect(moment).to_have_text(expected)
    served = visitor.context.request.get(tab.page.url).text()
    card, _, log = served.partition('id="pm-log"')
    for part in (card, log):
        assert re.findall(r">(\d\d:\d\d)</time>", part) == [expected]


def _moment(time_element):
    return time_element.evaluate("element => new Date(element.dateTime).getTime() / 1000")


def test_earlier_messages_are_loaded_where_the_reader_comes_to_their_beginning(visit, site, pair):
    mine, theirs = pair
    site.save(mine.thread, mine.person, *(f"number {n}" for n in range(2, 131)))
    theirs.read_all()
    theirs.page.reload()
    expect(theirs.messages).to_have_count(50)
    expect(theirs.messages.last).to_be_in_viewport()
    seen = theirs.messages.first
    text = seen.inner_text()
    seen.scroll_into_view_if_needed()
    place = theirs.page.get_by_text(text, exact=True)
    expect(theirs.messages).to_have_count(100)
    expect(place).to_be_in_viewport()
    theirs.scroll(-FAR)
    expect(theirs.messages).to_have_count(130)
    assert theirs.messages.all_text_contents() == ["hello", *(f"number {n}" for n in range(2, 131))]
    expect(theirs.page.locator("#pm-earlier")).to_be_hidden()


def test_a_reader_who_scrolled_up_is_not_pulled_away_but_told(site, pair):
    mine, theirs = pair
    site.save(mine.thread, mine.person, *(f"number {n}" for n in range(2, 40)))
    expect(theirs.messages).to_have_count(39)
    expect(theirs.messages.last).to_be_in_viewport()
    theirs.scroll(-FAR)
    expect(theirs.newer).to_have_text("To the newest ↓")
    mine.write("something new")
    expect(theirs.messages).to_have_count(40)
    assert theirs.place == 0
    theirs.page.get_by_role("button", name="1 new message").click()
    expect(theirs.message("something new")).to_be_in_viewport()
    mine.write("and more")
    expect(theirs.message("and more")).to_be_in_viewport()


def test_a_long_draft_covers_neither_the_last_message_nor_what_arrives(site, pair):
    mine, theirs = pair
    site.save(mine.thread, mine.person, *(f"number {n}" for n in range(2, 40)))
    inbox = theirs.in_another_tab("/messages/")
    expect(theirs.messages).to_have_count(39)
    for draft in ("a line\n" * 12, "x" * 10_001):
        theirs.field.fill(draft)
        theirs.field.press("Enter" if len(draft) > 10_000 else "End")
        expect(theirs.message("number 39")).to_be_in_viewport(ratio=0.99)
        assert covered(theirs, "number 39") <= 0
    mine.write("something new")
    expect(theirs.message("something new")).to_be_in_viewport(ratio=0.99)
    assert covered(theirs, "something new") <= 0
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("something new")
    expect(inbox.cards.locator(".pm-unread")).to_be_hidden()


def test_a_long_draft_neither_moves_a_reader_who_scrolled_up_nor_covers_the_button(site, pair):
    mine, theirs = pair
    site.save(mine.thread, mine.person, *(f"number {n}" for n in range(2, 40)))
    expect(theirs.messages).to_have_count(39)
    theirs.field.fill("a line\n" * 12)
    theirs.scroll(-200)
    place = theirs.place
    theirs.field.press("x")
    assert theirs.place == place > 0
    mine.write("something new")
    button = theirs.page.get_by_role("button", name="1 new message")
    expect(button).to_be_visible()
    assert bottom(button) <= top_of_composer(theirs)
    button.click()
    expect(theirs.message("something new")).to_be_in_viewport()


def covered(tab, text):
    """Pixels by which the composer covers a message."""
    return bottom(tab.message(text)) - top_of_composer(tab)


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def top_of_composer(tab):
    return tab.page.locator("#pm-composer").bounding_box()["y"]
