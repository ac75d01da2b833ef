"""What a page of a site in production loads before anybody touches it, and that it works."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.measuring import PROPERTY

OURS = ("/static/privatemessages/js/", "/static/privatemessages/css/")
VENDORED = "/static/privatemessages/vendor/"
LIMIT = 120 * 1024  # bytes


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    folder = tmp_path_factory.mktemp("production")
    names = ["ann", "ben"]
    with Site(f"sqlite:///{folder}/db.sqlite3", names, folder / "static") as site:
        yield site


@pytest.fixture
def talk(browser, production):
    """Two people who look at their thread, and the answers that made up the page of the first."""
    ann, ben = (Visitor(browser, production, production.named(name)) for name in ("ann", "ben"))
    thread = ann.open().call("POST", "threads", kind="direct", user="ben")["id"]
    tab, answers = ann.open("about:blank"), {}
    tab.page.on("response", lambda answer: answers.update({answer.url: answer}))
    tab.page.goto(f"/messages/chat/{thread}/", wait_until="networkidle")
    theirs = ben.open(f"/messages/chat/{thread}/")
    for page in (tab, theirs):
        page.is_connected()
    yield tab, theirs, dict(answers)
    ann.close()
    ben.close()


def test_its_own_scripts_and_styles_are_light(talk, record_property):
    sizes = {
        url.rpartition("/")[2]: len(answer.body())
        for url, answer in talk[2].items()
        if urlsplit(url).path.startswith(OURS)
    }
    total = sum(sizes.values())
    words = f"scripts and styles of a thread's page: {total:,} bytes (at most {LIMIT:,})"
    record_property(PROPERTY, f"{words} in {len(sizes)} files")
    assert {"app", "store", "messenger"} <= {name.partition(".")[0] for name in sizes}
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)
    assert total < LIMIT, "\n".join([words, *(f"{sizes[name]:7,} {name}" for name in largest)])


def test_what_others_wrote_is_loaded_when_it_is_needed(talk):
    tab, _, answers = talk
    assert not [url for url in answers if VENDORED in url]
    with tab.page.expect_response(lambda answer: VENDORED in answer.url):
        tab.page.click("#pm-emoji")
    expect(tab.page.get_by_role("dialog")).to_be_visible()


def test_nothing_comes_from_another_host(talk, production):
    hosts = {urlsplit(url).netloc for url in talk[2] if not url.startswith("data:")}
    assert hosts == {urlsplit(production.url).netloc}


def test_no_module_is_loaded_by_two_names(talk):
    tab, _, answers = talk
    tab.page.click("#pm-emoji")
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("Control+k")
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    loaded = tab.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    modules = [url.rpartition("/")[2].split(".") for url in {*loaded, *answers} if "/js/" in url]
    assert len(modules) > 50
    assert [parts for parts in modules if len(parts) != 3] == []  # name, hash, js


def test_people_talk_by_what_is_served(talk):
    tab, theirs, _ = talk
    tab.write("light enough?")
    theirs.message("light enough?").wait_for()
    tab.sees_sent("light enough?")
