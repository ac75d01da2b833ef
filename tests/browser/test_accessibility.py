"""Nothing stands in anybody's way: on any page, light or dark, on a phone or a desk."""

from itertools import product

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.browser.accessibility import axe
from tests.browser.places import PLACES, PLACES_OF_NEWCOMERS, PLACES_OF_STRANGERS
from tests.browser.visitor import PHONE, SCREEN

LOOKS = list(product(["light", "dark"], [PHONE, SCREEN]))


def press(selector):
    return lambda page: page.locator(selector).first.click()


def keys(*pressed):
    def press_each(page):
        for key in pressed:
            page.keyboard.press(key)

    return press_each


# What one opens on a page: how, and what is there then.
OPENED = {
    "menu": ("inbox", press("#pm-menu summary"), "#pm-menu li"),
    "switcher": ("inbox", keys("Control+k"), "#pm-switcher [role=option]"),
    "switcher that finds nothing": ("inbox", keys("Control+k", *"qqqq"), "#pm-switcher"),
    "help": ("inbox", keys("?"), "dialog[open]"),
    "thread's menu": ("group", press("#pm-thread-menu summary"), "#pm-thread-menu li"),
    "emoji": ("group", press("#pm-emoji"), ".pm-picker button"),
    "commands": ("group", keys("/"), "#pm-completion li"),
    "a refused command": ("group", keys(*"/nothing", "Enter"), "#pm-log .pm-notice"),
    "acts on a member": ("group's members", press(".pm-member summary"), ".pm-act button"),
}
ERRORS = ["400", "403", "403_csrf", "404", "500"]
SPOILT = """
    const image = document.createElement("img");
    image.src = "/static/icons/site.svg";
    document.querySelector("main").append(image);
    const words = document.createElement("p");
    words.textContent = "hardly to be seen";
    words.style.color = "#888";
    words.style.background = "#999";
    document.querySelector("main").append(words);
"""


def check(page):
    found = [problem for scheme, size in LOOKS for problem in look(page, scheme, size)]
    assert not found, "\n".join(found)


def look(page, scheme, size):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    return [f"{scheme}, {size['width']} px: {found}" for found in axe(page)]


@pytest.mark.parametrize("place", PLACES)
def test_of_whoever_owns_it_all(visit, house, place):
    tab = visit(house.owner).open(house.address(PLACES[place]))
    check(tab.page)


@pytest.mark.parametrize("place", PLACES_OF_NEWCOMERS)
def test_of_newcomers(visit, house, place):
    tab = visit(house.newcomer).open(house.address(PLACES_OF_NEWCOMERS[place]))
    check(tab.page)


@pytest.mark.parametrize("place", PLACES_OF_STRANGERS)
def test_of_strangers(visit, place):
    tab = visit().open(PLACES_OF_STRANGERS[place])
    check(tab.page)


@pytest.mark.parametrize("name", OPENED)
def test_of_what_is_opened(visit, house, name):
    place, open_it, there = OPENED[name]
    tab = visit(house.owner).open(house.address(PLACES[place]))
    if tab.bar.count():
        tab.is_connected()
    open_it(tab.page)
    expect(tab.page.locator(there).first).to_be_visible()
    check(tab.page)
    expect(tab.page.locator(there).first).to_be_visible()


@pytest.mark.parametrize("name", ERRORS)
def test_of_errors(visit, name):
    """As production shows them: this site answers with Django's pages for developers."""
    visitor = visit()
    page = render_to_string(f"{name}.html")
    visitor.context.route("**/broken/", lambda route: route.fulfill(body=page))
    tab = visitor.open("/broken/")
    assert tab.page.locator("h1").is_visible()
    check(tab.page)


def test_what_is_wrong_is_found(visit):
    tab = visit().open("/")
    tab.page.evaluate(SPOILT)
    assert {violation.rule for violation in axe(tab.page)} == {"image-alt", "color-contrast"}
