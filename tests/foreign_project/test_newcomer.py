"""A fresh project with what docs/integrating.md says, word for word, and nothing of its own."""

import asyncio
import re

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.foreign_project.club import Club, sockets
from tests.foreign_project.guide import SNIPPETS, follow
from tests.services import RedisServer
from tests.services.chromium import FLAGS

LOGIN = "/accounts/login/?next=/talk/"
PASSWORD = "a word of a newcomer"
WIDTHS = [360, 1280]  # CSS pixels


@pytest.fixture(scope="module")
def fresh(installed, tmp_path_factory):
    with RedisServer() as redis:
        folder = follow(tmp_path_factory.mktemp("fresh"))
        club = Club(installed, "", redis.url, folder=folder, API_KEY="k" * 20)
        club.manage("migrate")
        for name in ("ann", "ben"):
            code = "from django.contrib.auth.models import User\n"
            club.shell(code + f"User.objects.create_user('{name}', password='{PASSWORD}')")
        with club.development_pages(), club.worker():
            yield club


@pytest.fixture
def ann(fresh):
    browser = fresh.browser()
    answer = browser.post(LOGIN, username="ann", password=PASSWORD)
    assert (answer.status, answer.path) == (200, "/talk/"), answer.text
    return browser


def test_the_guide_is_followed():
    wanted = {"club/settings.py", "club/urls.py", "templates/base.html"}
    assert wanted <= SNIPPETS.keys()


def test_django_has_no_complaints(fresh):
    assert "no issues" in fresh.manage("check", "--fail-level", "WARNING")


def test_the_inbox_is_there_after_signing_in(ann):
    answer = ann.get("/talk/")
    assert answer.status == 200
    assert 'action="/talk/send_message/"' in answer.text


def test_every_file_that_the_inbox_names_is_served(ann):
    named = re.findall(r'(?:src|href)="([^"#?][^"]*)"', ann.get("/talk/").text)
    assert len(named) >= 4
    assert {path: ann.get(path).status for path in named} == dict.fromkeys(named, 200)


def test_a_message_is_written_and_a_socket_opens(ann):
    written = ann.post("/talk/send_message/", page="/talk/", recipient_name="ben", message="Hello")
    assert "Hello" in written.text
    assert asyncio.run(_greeted(ann))["user"]["name"] == "ann"


async def _greeted(browser):
    async with sockets(browser) as [socket]:
        return await socket.until("hello")


@pytest.fixture(scope="module")
def page(fresh, chromium_path):
    """Of a browser in which Ann is signed in. It ends with this file, as the others use asyncio."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        page = browser.new_page(base_url=f"http://127.0.0.1:{fresh.port}")
        page.goto(LOGIN)
        page.fill("[name=username]", "ann")
        page.fill("[name=password]", PASSWORD)
        page.click("button")
        page.fill("[name=recipient_name]", "ben")
        page.fill("[name=message]", "Tennis on Sunday?")
        page.click(".pm-new button")
        expect(page.locator("#pm-log")).to_contain_text("Tennis on Sunday?")
        page.thread = page.url
        yield page
        browser.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_site_without_styles_has_fields_that_fit(page, width):
    page.set_viewport_size({"width": width, "height": 740})
    for address in ("/talk/", page.thread):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(STICKING_OUT) == []


STICKING_OUT = """() => {
  const fields = [...document.querySelectorAll(".pm :is(input:not([type=hidden]), textarea)")];
  const end = (element) => element.getBoundingClientRect().right;
  return fields.filter((field) => end(field) > end(field.closest("form"))).map((it) => it.name);
}"""


def test_a_sites_own_styles_count_more(page):
    page.goto("/talk/")
    page.evaluate(
        """document.head.insertAdjacentHTML("beforeend",
           "<style>button, textarea { background: rgb(1, 2, 3); font: 30px serif }</style>")"""
    )
    for name in ("button", "textarea"):
        looks = page.locator(f".pm-new {name}")
        expect(looks).to_have_css("background-color", "rgb(1, 2, 3)")
        expect(looks).to_have_css("font-size", "30px")
