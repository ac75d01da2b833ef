"""A person in front of a browser, and what that person sees."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.site import Person, Site

CALL = """async ([method, path, body]) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token, "Content-Type": "application/json" };
    const options = { method, headers, body: method === "GET" ? undefined : JSON.stringify(body) };
    const answer = await fetch("/messages/api/" + path, options);
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
}"""

SCREEN = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


class Visitor:
    """One browser profile. Any error of a page's scripts fails the test that made it."""

    def __init__(self, browser: Browser, site: Site, person: Person | None, **options: Any) -> None:
        self.site, self.person = site, person
        self.errors: list[str] = []
        self.context = browser.new_context(
            **{"viewport": SCREEN, "locale": "en-GB", "base_url": site.url, **options}
        )
        if person is not None:
            cookie = {"name": "sessionid", "value": person.session, "url": site.url}
            self.context.add_cookies([cookie])  # type: ignore[list-item]  # a dictionary will do

    def open(self, path: str = "/messages/") -> "Tab":
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(path)
        return Tab(page, self)

    def close(self) -> None:
        self.context.close()
        assert not self.errors, self.errors


class Tab:
    """One page, in the words of a person."""

    def __init__(self, page: Page, visitor: Visitor) -> None:
        self.page = page
        self.visitor = visitor

    @property
    def person(self) -> Person:
        assert self.visitor.person is not None
        return self.visitor.person

    @property
    def field(self) -> Locator:
        return self.page.locator("#pm-composer textarea")

    def in_another_tab(self, path: str = "") -> "Tab":
        """The same page, or another one, of the same person."""
        return self.visitor.open(path or self.page.url)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def messages(self) -> Locator:
        return self.page.locator("#pm-log .pm-text")

    @property
    def bar(self) -> Locator:
        return self.page.locator("#pm-connection")

    @property
    def cards(self) -> Locator:
        return self.page.locator(".pm-cards > .pm-card")

    def card(self, name: str) -> Locator:
        """The link to the thread of this name."""
        return self.page.locator("#pm-cards a").filter(has=self.page.get_by_text(name, exact=True))

    @property
    def thread(self) -> int:
        found = re.search(r"/chat/(\d+)/", self.page.url)
        assert found, f"{self.page.url} is no thread"
        return int(found[1])

    @property
    def shut(self) -> Locator:
        """Why this person may not write."""
        return self.page.locator("#pm-shut")

    @property
    def newer(self) -> Locator:
        """The way to the newest messages."""
        return self.page.locator("#pm-newer")

    @property
    def place(self) -> float:
        """How far the log is scrolled, in pixels."""
        return float(self.page.evaluate("document.querySelector('#pm-scroll').scrollTop"))

    def scroll(self, by: float) -> None:
        self.page.evaluate("by => document.querySelector('#pm-scroll').scrollBy(0, by)", by)

    def read_all(self) -> None:
        """Stored at once; what was seen is stored a little later."""
        path = f"threads/{self.thread}"
        self.call("POST", f"{path}/read", seq=self.call("GET", path)["version"])

    def rows(self, kind: str) -> Locator:
        """What the log's rows say that are a `message`, an `event` or a `notice`."""
        return self.page.locator(f"#pm-log > .pm-{kind} .pm-text")

    def call(self, method: str, path: str, **body: Any) -> Any:
        """The JSON API, as this page's scripts would call it."""
        return self.page.evaluate(CALL, [method, path, body])

    def message(self, text: str) -> Locator:
        row = self.page.locator("#pm-log .pm-message")
        return row.filter(has=self.page.get_by_text(text, exact=True))

    def write(self, text: str, key: str = "Enter") -> None:
        expect(self.bar).to_have_attribute("data-phase", re.compile(".+"))  # the scripts run
        self.field.fill(text)
        self.field.press(key)

    def write_to(self, name: str, text: str) -> None:
        if not self.page.locator(".pm-new").is_visible():
            self.page.goto("/messages/send_message/")
        self.page.fill("[name=recipient_name]", name)
        self.page.fill(".pm-new [name=message]", text)
        self.page.click(".pm-new button")

    def sees(self, *texts: str, within: float = 5.0) -> None:
        """Exactly these messages, in this order; `within` seconds."""
        expect(self.messages).to_have_text([*texts], timeout=within * 1000)

    def sees_sent(self, text: str, within: float = 10.0) -> None:
        """Whether somebody has seen it yet or not."""
        state = self.message(text).locator(".pm-state")
        expect(state).to_have_text(re.compile("^✓✓?$"), timeout=within * 1000)

    def sees_seen(self, text: str, *names: str, within: float = 10.0) -> None:
        """That these others have read it."""
        state = self.message(text).locator(".pm-state")
        expect(state).to_have_text("✓✓", timeout=within * 1000)
        expect(state).to_have_attribute("title", f"Seen by {', '.join(names)}")

    def is_connected(self, within: float = 15.0) -> None:
        expect(self.bar).to_have_attribute("data-phase", "open", timeout=within * 1000)
        expect(self.bar).to_be_hidden()

    def says(self, words: str, within: float = 5.0) -> None:
        expect(self.bar).to_contain_text(words, timeout=within * 1000)

    def counts(self, total: str, received: str, sent: str, within: float = 5.0) -> None:
        for name, words in (("total", total), ("received", received), ("sent", sent)):
            place = self.page.locator(f"#pm-{name}")
            expect(place).to_have_text(words, timeout=within * 1000)


Visit = Callable[..., Visitor]
