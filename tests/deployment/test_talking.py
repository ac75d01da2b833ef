"""People talk to each other through haproxy: two in a browser, two hundred by sockets."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.visitor import Tab, Visitor
from tests.deployment.crowd import Crowd, Stage, sockets
from tests.services.chromium import FLAGS

WITHIN = 30.0  # s, on a busy machine


@pytest.fixture
def sign_up(deployment, chromium_path) -> Callable[[str], Tab]:
    """Somebody new in a browser of their own, which believes any certificate."""
    site = SimpleNamespace(url=deployment.url)
    visitors: list[Visitor] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)

        def come(name: str) -> Tab:
            visitors.append(Visitor(browser, site, None, ignore_https_errors=True))
            tab = visitors[-1].open("/accounts/signup/")
            tab.page.fill("[name=username]", name)
            for field in ("password1", "password2"):
                tab.page.fill(f"[name={field}]", "correct horse battery")
            tab.page.click("form.card button")
            tab.page.wait_for_url("**/messages/")
            return tab

        yield come
        for visitor in visitors:
            visitor.close()
        browser.close()


def test_two_people_write_to_each_other_in_their_browsers(sign_up):
    ann, ben = sign_up("ann"), sign_up("ben")
    ann.write_to("ben", "Good morning!")
    ann.is_connected(WITHIN)
    ben.card("ann").click()
    ben.is_connected(WITHIN)
    ben.sees("Good morning!", within=WITHIN)
    ben.write("Hello Ann")
    ann.sees("Good morning!", "Hello Ann", within=WITHIN)
    ann.write("Shall we?")
    ann.sees_sent("Shall we?", WITHIN)
    ben.sees("Good morning!", "Hello Ann", "Shall we?", within=WITHIN)
    ann.sees_seen("Shall we?", "ben", within=WITHIN)
    for tab in (ann, ben):
        cookies = {cookie["name"]: cookie for cookie in tab.context.cookies()}
        assert cookies["sessionid"]["secure"]
        tab.page.reload()
        tab.sees("Good morning!", "Hello Ann", "Shall we?", within=WITHIN)
        expect(tab.page.locator("#pm-log .pm-message")).to_have_count(3)


def test_two_hundred_sockets_talk_and_nobody_has_to_come_back(deployment, stage: Stage):
    async def scene() -> None:
        async with Crowd(stage) as crowd:
            assert len(crowd.tabs) == 200
            await crowd.flow(200)
            found = await crowd.settle()
            assert not found, "\n".join([*found[:20], stage.output()])
            counts = crowd.counts()
            assert counts["greetings"] == 200
            assert counts["tellings of stored"] > 2 * crowd.written.total()
            shares = sockets(deployment).values()
            assert sum(shares) >= 200
            assert min(shares) >= 20, "each of the four has its share"

    asyncio.run(scene())
