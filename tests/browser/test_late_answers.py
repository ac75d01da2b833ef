"""What was asked about one thread and is answered when another is shown, or on its way."""

import re

import pytest
from playwright.sync_api import expect

LINES = 120  # messages; more than the page holds at its start


class Late:
    """The answers to requests of one kind, given when a test wants them."""

    def __init__(self, page, pattern):
        self.page, self.routes = page, []
        page.route(re.compile(pattern), lambda route: self.routes.append(route))  # noqa: PLW0108  # Playwright marks it

    def is_asked(self):
        for _ in range(50):
            if self.routes:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("Nobody asked.")

    def answer(self):
        self.is_asked()
        while self.routes:
            self.routes.pop().continue_()
        self.page.wait_for_timeout(300)


@pytest.fixture
def two(visit, site):
    """Somebody who looks at the first of two threads; the names of both, and their numbers."""
    me, ann, ben = (site.person() for _ in range(3))
    tab = visit(me).open()
    numbers = []
    for other in (ann, ben):
        numbers.append(tab.call("POST", "threads", kind="direct", user=other.name)["id"])
        site.save(numbers[-1], other, *(f"line {number}" for number in range(LINES)))
    tab.page.goto(f"/messages/chat/{numbers[0]}/1/")
    tab.is_connected()
    return tab, ann.name, ben.name, numbers


def titled(tab, words):
    expect(tab.page.locator("#pm-title")).to_have_text(words)


def test_a_late_answer_about_the_thread_before_does_not_name_this_one(two):
    tab, _, ben, (first, _) = two
    late = Late(tab.page, rf"/threads/{first}$")
    tab.newer.click()
    late.is_asked()
    tab.card(ben).click()
    titled(tab, ben)
    late.answer()
    titled(tab, ben)
    expect(tab.page).to_have_title(re.compile(re.escape(ben)))


def test_what_is_typed_on_the_way_is_not_written_to_the_thread_that_one_leaves(two):
    tab, _, ben, (first, second) = two
    late = Late(tab.page, rf"/threads/{second}/opening")
    tab.field.focus()
    tab.page.keyboard.press("Alt+ArrowUp")  # Ben wrote last
    late.is_asked()
    tab.page.keyboard.type("for Ben alone")
    tab.page.keyboard.press("Enter")
    late.answer()
    titled(tab, ben)
    expect(tab.field).to_be_focused()
    tab.write("again")
    tab.sees_sent("again")
    assert [tab.call("GET", f"threads/{number}")["sent"] for number in (first, second)] == [0, 1]


def test_who_turns_back_at_once_is_where_the_list_says(two):
    tab, ann, ben, (_, second) = two
    late = Late(tab.page, rf"/threads/{second}/opening")
    tab.card(ben).click()
    late.is_asked()
    tab.card(ann).click()
    late.answer()
    titled(tab, ann)
    expect(tab.card(ann)).to_have_attribute("aria-current", "page")
    expect(tab.card(ben)).not_to_have_attribute("aria-current", "page")
    tab.write("still here")
    tab.sees_sent("still here")


def test_the_bell_is_as_it_was_chosen_though_the_socket_tells_of_it_first(two):
    tab, _, _, _ = two
    late = Late(tab.page, r"/silence$")
    bell = tab.page.locator("#pm-silence")
    for wanted in ("true", "false"):
        tab.page.click("#pm-thread-menu summary")
        bell.click()
        expect(tab.page.locator("#pm-thread-menu summary")).to_be_focused()
        late.is_asked()
        route = late.routes.pop()
        answer = route.fetch()
        expect(bell).to_have_attribute("aria-pressed", wanted)
        route.fulfill(response=answer)
        tab.page.wait_for_timeout(300)
        expect(bell).to_have_attribute("aria-pressed", wanted)


def test_who_went_on_after_marking_as_unread_stays_there(two):
    tab, _, ben, _ = two
    late = Late(tab.page, r"/unread$")
    tab.page.click("#pm-thread-menu summary")
    tab.page.click("#pm-mark-unread")
    late.is_asked()
    tab.card(ben).click()
    titled(tab, ben)
    late.answer()
    titled(tab, ben)


def test_what_is_written_while_a_thread_is_on_its_way_is_in_it(two):
    tab, _, ben, (_, second) = two
    tab.call("POST", f"threads/{second}/read", seq=LINES)
    late = Late(tab.page, rf"/threads/{second}/opening")
    tab.card(ben).click()
    late.is_asked()
    route = late.routes.pop()
    answer = route.fetch()
    tab.visitor.site.save(second, tab.visitor.site.named(ben), "just now")
    expect(tab.card(ben)).to_contain_text("just now")
    route.fulfill(response=answer)
    titled(tab, ben)
    expect(tab.message("just now")).to_be_visible()


def test_a_thread_that_is_shown_again_from_memory_changes_nothing_in_the_list(two):
    tab, ann, ben, _ = two
    tab.newer.click()
    badge = tab.card(ann).locator(".pm-unread")
    expect(badge).to_be_hidden()
    tab.card(ben).click()
    titled(tab, ben)
    tab.page.route(re.compile("/opening"), lambda route: route.abort())
    tab.card(ann).click()
    titled(tab, ann)
    tab.page.wait_for_timeout(300)
    expect(badge).to_be_hidden()


def test_a_room_that_is_gone_to_within_the_page_keeps_the_address_of_its_thread(visit, site):
    me = site.person()
    tab = visit(me).open()
    number = tab.call("POST", "threads", kind="room", title="Harbour")["id"]
    site.save(number, me, "ahoy")
    tab.page.reload()
    tab.is_connected()
    tab.card("Harbour").click()
    titled(tab, "Harbour")
    assert tab.thread == number
    expect(tab.page.locator(".pm-address")).to_have_attribute("href", "/messages/rooms/harbour/")
