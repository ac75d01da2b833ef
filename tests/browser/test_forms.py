"""Groups and rooms by forms alone, with a keyboard, and on a phone."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import LONG, overhang
from tests.browser.visitor import PHONE


@pytest.fixture
def plain(visit, site):
    """Somebody whose browser runs no scripts."""
    return visit(site.person(), java_script_enabled=False, viewport=PHONE).open()


def press(tab, name):
    tab.page.get_by_role("button", name=name, exact=True).click()


def choose(tab, name):
    """In the menu of the inbox."""
    menu = tab.page.locator("#pm-menu")
    menu.locator("summary").click()
    menu.get_by_role("link", name=name, exact=True).click()


def members(tab, words):
    """The link above the conversation, not the one to it that says so too."""
    return tab.page.get_by_role("link", name=words, exact=True)


def told(tab):
    return tab.page.locator(".pm-told")


def type_into(tab, label, text):
    """Gets there by the Tab key alone."""
    field = tab.page.get_by_label(label, exact=True)
    for _ in range(40):
        if field.evaluate("field => field === document.activeElement"):
            break
        tab.page.keyboard.press("Tab")
    expect(field).to_be_focused()
    tab.page.keyboard.type(text)


def test_a_group_is_made_and_kept_in_order_without_scripts(plain, visit, site):
    friend, noisy = site.person(), site.person()
    choose(plain, "Make a group")
    type_into(plain, "Title:", "Book club")
    type_into(plain, "People:", f"{friend.name}, {noisy.name}, nobody at all")
    press(plain, "Make the group")
    people = plain.page.get_by_label("People:", exact=True)
    expect(people).to_have_accessible_description(
        "Their names, one on each line or separated by commas."
        " There is nobody to whom you can write called: nobody at all"
    )
    people.fill(f"{friend.name}, {noisy.name}")
    press(plain, "Make the group")
    plain.field.fill("/topic Winter books")
    press(plain, "Send")
    expect(plain.page.locator("#pm-topic")).to_have_text("Winter books")
    expect(told(plain)).to_be_visible()

    members(plain, "3 members").click()
    row = plain.page.get_by_role("listitem").filter(has_text=noisy.name)
    row.locator("summary").press("Enter")
    row.locator("form", has_text="Remove").get_by_label("Why").fill("noise")
    plain.page.keyboard.press("Enter")
    expect(told(plain)).to_have_text(f"{noisy.name} was removed.")
    expect(row).to_have_count(0)
    plain.page.get_by_role("link", name="Leave…").click()
    expect(plain.page.get_by_role("heading")).to_have_text("Leave “Book club”?")
    press(plain, "Leave")
    expect(told(plain)).to_have_text("You left “Book club”.")
    heir = visit(friend, java_script_enabled=False).open()
    heir.cards.first.click()
    expect(heir.rows("event").last).to_have_text(f"{friend.name} is an owner now")


def test_a_room_is_made_found_and_entered_without_scripts(plain, visit, site):
    name = f"Комната {uuid4().hex}!"
    choose(plain, "Rooms")
    type_into(plain, "Which room?", name)
    plain.page.keyboard.press("Enter")
    expect(plain.page.get_by_label("Name:", exact=True)).to_have_value(name)
    plain.page.get_by_label("Only those who are let in").check()
    press(plain, "Make the room")
    expect(plain.page.locator("#pm-title")).to_have_text(name)

    guest = visit(site.person(), java_script_enabled=False).open("/messages/rooms/")
    type_into(guest, "Which room?", name.upper())
    guest.page.keyboard.press("Enter")
    press(guest, "Ask to be let in")
    expect(told(guest)).to_have_text("You have asked to be let in.")
    members(plain, "1 member").click()
    press(plain, f"Let in: {guest.person.name}")
    expect(told(plain)).to_have_text(f"{guest.person.name} belongs here now.")
    guest.page.reload()
    expect(guest.page.locator("#pm-title")).to_have_text(name)


def test_names_are_offered_to_whoever_adds_a_person(visit, site):
    tab = visit(site.person()).open("/messages/groups/new/")
    tab.page.get_by_label("Title:", exact=True).fill("Suggested")
    press(tab, "Make the group")
    members(tab, "1 member").click()
    other = site.person()
    tab.page.get_by_label("Their name:").press_sequentially(other.name)
    offered = tab.page.locator(f'#pm-people option[value="{other.name}"]')
    expect(offered).to_have_count(1)


@pytest.mark.parametrize("language", ["en-GB", "ru-RU"])
def test_nothing_is_wider_than_a_small_phone(visit, site, language):
    tab = visit(site.person(), viewport=PHONE, locale=language).open("/messages/groups/new/")
    assert overhang(tab) <= 0
    tab.page.fill("#id_title", "W" * 60)
    tab.page.fill("#id_people", f"{site.person().name}\n{site.person().name}")
    tab.page.locator(".pm-panel button").click()
    tab.page.wait_for_url("**/chat/**")
    chat = f"/messages/chat/{tab.thread}/"
    tab.is_connected()
    tab.write(LONG)
    tab.sees_sent(LONG)
    assert overhang(tab) <= 0
    tab.page.goto(f"{chat}members/")
    tab.page.fill("#id_topic", "W" * 250)
    tab.page.locator("[value=set_topic]").click()
    expect(told(tab)).to_be_visible()
    for summary in tab.page.locator("summary").all():
        summary.click()
    expect(tab.page.locator("select:visible")).to_have_count(4)
    assert overhang(tab) <= 0
    name = f"W{uuid4().hex}" + "W" * 27
    for path in (chat, f"{chat}confirm/delete/", "/messages/", f"/messages/rooms/?name={name}"):
        tab.page.goto(path)
        assert overhang(tab) <= 0
    tab.page.locator("[value=make]").click()
    expect(tab.page.locator("#pm-title")).to_have_text(name)
    assert overhang(tab) <= 0
    tab.page.goto("/messages/rooms/")
    expect(tab.cards).not_to_have_count(0)
    assert overhang(tab) <= 0
