"""Every page comes with a strict policy for contents (CSP), and does nothing against it."""

import pytest
from playwright.sync_api import expect

from tests.browser.places import PLACES, PLACES_OF_NEWCOMERS, PLACES_OF_STRANGERS

PLACES_OF_ADMINISTRATORS = [
    "/admin/",
    "/admin/auth/user/add/",
    "/admin/privatemessages/message/",
    "/admin/privatemessages/record/",
    "/admin/privatemessages/thread/",
    "/admin/privatemessages/thread/{room}/change/",
]
NOT_FOUND = 404
WATCH = """
    window.broken = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        broken.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
"""


class Watched:
    """A tab, and what the browser says against its pages: by events, and in words."""

    def __init__(self, visitor):
        visitor.context.add_init_script(WATCH)
        self.tab = visitor.open("about:blank")
        self.words = []
        self.tab.page.on("console", lambda message: self.words.append(message.text))

    def complaints(self):
        spoken = [words for words in self.words if "Content Security Policy" in words]
        return self.tab.page.evaluate("broken") + spoken

    def visit(self, addresses):
        for address in addresses:
            answer = self.tab.page.goto(address, wait_until="networkidle")
            if answer.status != NOT_FOUND:  # under DEBUG it is without
                is_strict(answer.headers["content-security-policy"])
            assert self.complaints() == [], address


@pytest.fixture
def watch(visit):
    return lambda person=None: Watched(visit(person))


def is_strict(policy):
    for rule in ("default-src 'self'", "script-src 'self'", "style-src 'self'"):
        assert rule in policy.split("; ")
    assert "unsafe" not in policy


def test_where_the_owner_of_it_all_comes(watch, house):
    watch(house.owner).visit(map(house.address, PLACES.values()))


def test_where_newcomers_and_strangers_come(watch, house):
    watch(house.newcomer).visit(map(house.address, PLACES_OF_NEWCOMERS.values()))
    watch().visit(PLACES_OF_STRANGERS.values())


def test_where_administrators_come(watch, house, site):
    watched = watch(site.administrator)
    watched.visit(map(house.address, PLACES_OF_ADMINISTRATORS))
    expect(watched.tab.page.locator("#thread_form")).to_be_visible()


def test_while_people_write(watch, site):
    watched = watch(site.person())
    tab = watched.tab
    tab.page.goto("/messages/send_message/")
    tab.write_to(site.person().name, "hello")
    tab.sees("hello")
    tab.is_connected()
    tab.write("and more")
    tab.sees_sent("and more")
    assert watched.complaints() == []


def test_what_is_against_it_is_seen(watch):
    watched = watch()
    page = watched.tab.page
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(document.createElement('script'))")
    page.evaluate("document.body.lastChild.append('window.taken = true')")
    expect(page.locator("body")).not_to_have_css("color", "rgb(255, 0, 0)")
    assert not page.evaluate("window.taken")
    rules = {words.split()[0] for words in watched.complaints()}
    assert {"style-src-attr", "script-src-elem"} <= rules
