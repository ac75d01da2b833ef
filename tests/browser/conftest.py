"""Chromium, the site, and the scripts by themselves.

All of it ends with this folder's tests: while Playwright runs, Django takes this thread for an
asynchronous one and refuses to use the database. These tests leave that to the site's processes.
"""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from tests.browser.places import furnish
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.services import ROOT
from tests.services.chromium import FLAGS

SCRIPTS = ROOT / "privatemessages" / "static" / "privatemessages" / "js"
NOWHERE = "http://scripts.test/"


@pytest.fixture(scope="package")
def browser(chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(pytestconfig, request, tmp_path_factory):
    if pytestconfig.getoption("database") == "postgresql":
        server = request.getfixturevalue("postgres_server")
        database = server.create_database(f"browser_{uuid4().hex}")
    else:
        database = f"sqlite:///{tmp_path_factory.mktemp('browser')}/db.sqlite3"
    with Site(database) as site:
        yield site


@pytest.fixture(scope="package")
def house(browser, site):
    return furnish(browser, site)


@pytest.fixture
def visit(browser, site):
    """Opens a browser profile for a person, or for nobody."""
    visitors = []

    def visit(person=None, **options):
        visitors.append(Visitor(browser, site, person, **options))
        return visitors[-1]

    yield visit
    site.network.mend()
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def pair(visit, site):
    """Two people who look at their thread, in which the first one has said hello."""
    first, second = site.person(), site.person()
    mine = visit(first).open()
    mine.write_to(second.name, "hello")
    mine.sees("hello")
    theirs = visit(second).open(f"/messages/chat/{mine.thread}/")
    for tab in (mine, theirs):
        tab.sees("hello")
        tab.is_connected()
    return mine, theirs


@pytest.fixture
def group(visit, site):
    """The owner of a group and two members, who look at it."""
    people = [site.person() for _ in range(3)]
    inbox = visit(people[0]).open()
    names = [person.name for person in people[1:]]
    made = inbox.call("POST", "threads", kind="group", title="Tea", people=names)
    address = f"/messages/chat/{made['id']}/"
    tabs = [inbox.in_another_tab(address), *(visit(other).open(address) for other in people[1:])]
    inbox.page.close()
    for tab in tabs:
        tab.is_connected()
    return tabs


@pytest.fixture(scope="module")
def scripts(browser) -> Page:
    """A page with nothing on it but our modules, under /; what is beside them is in its folder."""
    page = browser.new_page()
    page.route("**/*", serve)
    page.goto(NOWHERE)
    yield page
    page.close()


def serve(route: Route) -> None:
    name = urlsplit(route.request.url).path.removeprefix("/")
    if name:
        route.fulfill(path=(SCRIPTS.parent if "/" in name else SCRIPTS) / name)
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")


@pytest.fixture
def clock(scripts):
    """Of a page that was loaded anew; it stands still until a test moves it."""
    scripts.reload()
    scripts.clock.install(time=1_000)
    scripts.clock.pause_at(1_001)
    return scripts.clock
