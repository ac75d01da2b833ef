"""What a page loads before anybody touches it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.measuring import PROPERTY

OURS = ("/static/privatemessages/js/", "/static/privatemessages/css/")
VENDORED = "/static/privatemessages/vendor/"
LIMIT = 120 * 1024  # bytes


@pytest.fixture
def loaded(visit, house):
    """The answers that make up the page of a thread, each by its address."""
    tab = visit(house.owner).open("about:blank")
    answers = {}
    tab.page.on("response", lambda answer: answers.update({answer.url: answer}))
    tab.page.goto(house.address("/messages/chat/{room}/"), wait_until="networkidle")
    tab.is_connected()
    expect(tab.messages).not_to_have_count(0)
    return answers


def test_its_own_scripts_and_styles_are_light(loaded, record_property):
    sizes = {
        url.rpartition("/")[2]: len(answer.body())
        for url, answer in loaded.items()
        if urlsplit(url).path.startswith(OURS)
    }
    total = sum(sizes.values())
    words = f"scripts and styles of a thread's page: {total:,} bytes (at most {LIMIT:,})"
    record_property(PROPERTY, f"{words} in {len(sizes)} files")
    assert {"app.js", "store.js", "messenger.css"} <= set(sizes)
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)
    assert total < LIMIT, "\n".join([words, *(f"{sizes[name]:7,} {name}" for name in largest)])


def test_what_others_wrote_is_loaded_when_it_is_needed(loaded):
    assert not [url for url in loaded if VENDORED in url]


def test_nothing_comes_from_another_host(loaded, site):
    hosts = {urlsplit(url).netloc for url in loaded if not url.startswith("data:")}
    assert hosts == {urlsplit(site.url).netloc}
