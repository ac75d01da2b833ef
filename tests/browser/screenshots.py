"""`make screenshots`: the pictures in the documents, taken of the real site."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.site import Site
from tests.browser.talks import HIKE, ME, PARTNER, PEOPLE
from tests.browser.visitor import Tab, Visitor
from tests.services import ROOT
from tests.services.chromium import FLAGS, find_chromium

FOLDER = ROOT / "docs" / "images"
LARGEST = 150 * 1024  # bytes
PLAY = "from tests.browser.playing import play; play()"

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1440, "height": 900}
SIZES = {"360": PHONE, "768": TABLET, "1440": DESK}
SCHEMES = ["light", "dark"]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        site = stack.enter_context(Site(f"sqlite:///{folder}/db.sqlite3", PEOPLE))
        site.run_script(PLAY)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        stack.callback(browser.close)
        Photographer(browser, site, stack).take_all()
    sys.exit(too_large() or 0)


def too_large() -> str:
    return "".join(
        f"{path.relative_to(ROOT)} is larger than {LARGEST:,} bytes\n"
        for path in sorted(FOLDER.glob("*.png"))
        if path.stat().st_size > LARGEST
    )


class Photographer:
    def __init__(self, browser: Browser, site: Site, stack: ExitStack) -> None:
        self.browser, self.site, self.stack = browser, site, stack

    def take_all(self) -> None:
        for name in (PARTNER, "Priya", "Ruth"):  # so that somebody is here
            self.open(name, "/messages/").is_connected()
        for scheme in SCHEMES:
            for name, size in SIZES.items():
                self.take(f"conversation-{name}-{scheme}", converse, scheme, size)
            self.take(f"inbox-360-{scheme}", show_inbox, scheme, PHONE)
        self.take("switcher-1440-light", switch, "light", DESK)
        self.take("rooms-768-light", show_rooms, "light", TABLET)
        self.take("settings-768-dark", show_settings, "dark", TABLET)

    def take(self, name: str, scene: Callable[[Tab], None], scheme: str, size: Any) -> None:
        tab = self.open(
            ME, "/messages/", viewport=size, color_scheme=scheme, reduced_motion="reduce"
        )
        scene(tab)
        path = FOLDER / f"{name}.png"
        tab.page.screenshot(path=path, animations="disabled", caret="hide")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
        tab.visitor.close()

    def open(self, name: str, path: str, **options: Any) -> Tab:
        visitor = Visitor(
            self.browser, self.site, self.site.named(name), timezone_id=late_morning(), **options
        )
        self.stack.callback(visitor.context.close)
        return visitor.open(path)


def converse(tab: Tab) -> None:
    tab.is_connected()
    tab.cards.filter(has_text=HIKE.title).click()
    expect(tab.messages.last).to_have_text(HIKE.lines[-1][2])


def show_inbox(tab: Tab) -> None:
    tab.is_connected()
    expect(tab.cards.locator(".pm-dot").locator("visible=true")).to_have_count(2)


def switch(tab: Tab) -> None:
    converse(tab)
    tab.page.keyboard.press("Control+k")
    dialog = tab.page.locator("dialog[open]")
    dialog.locator("input").fill("k")
    expect(dialog.locator("[role=option]")).not_to_have_count(0)
    tab.page.wait_for_load_state("networkidle")


def show_rooms(tab: Tab) -> None:
    tab.page.goto("/messages/rooms/")


def show_settings(tab: Tab) -> None:
    tab.page.goto("/messages/settings/")


def late_morning() -> str:
    """The time zone in which it is between eleven and twelve."""
    return f"Etc/GMT{datetime.now(UTC).hour - 11:+d}"


if __name__ == "__main__":
    main()
