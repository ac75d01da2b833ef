"""Groups and rooms in open tabs."""

import re
from urllib.parse import unquote
from uuid import uuid4

from playwright.sync_api import expect

MUTE = 4  # seconds


def act(tab, method, path, **body):
    return tab.call(method, f"threads/{tab.thread}{path}", **body)


def test_what_happens_is_told_in_the_log_and_around_it(group):
    mine, theirs, third = group
    inbox = theirs.in_another_tab("/messages/")
    inbox.is_connected()
    mine.write("/topic Which cups?")
    for tab in group:
        expect(tab.rows("event").last).to_have_text(
            f"{mine.person.name} set the topic: Which cups?"
        )
        expect(tab.page.locator("#pm-topic")).to_have_text("Which cups?")
        expect(tab.page.locator("#pm-members")).to_have_text("3 members")
    mine.write(f"/kick {third.person.name}")
    for tab in (mine, theirs):
        words = f"{mine.person.name} removed {third.person.name}"
        expect(tab.rows("event").last).to_have_text(words)
        expect(tab.page.locator("#pm-members")).to_have_text("2 members")
    expect(inbox.cards.locator(".pm-card-members")).to_have_text("2 members")
    theirs.write("/me waves")
    expect(mine.page.locator("#pm-log .pm-action .pm-text")).to_have_text(
        f"* {theirs.person.name} waves"
    )
    mine.counts("1 message", "1 received", "0 sent")
    shown = mine.rows("event").all_text_contents()
    mine.page.reload()
    expect(mine.rows("event")).to_have_text(shown)


def test_who_is_removed_reads_and_writes_no_more_and_keeps_what_they_wrote(group):
    mine, theirs, third = group
    mine.write("a secret")
    expect(theirs.rows("message")).to_have_text(["a secret"])
    inbox = theirs.in_another_tab("/messages/")
    expect(inbox.cards).to_have_count(1)
    theirs.field.fill("I was just")
    mine.write(f"/kick {theirs.person.name}")
    expect(theirs.shut).to_have_text("You do not belong to this conversation any more.")
    expect(theirs.field).to_be_disabled()
    expect(theirs.field).to_have_value("I was just")
    expect(theirs.page.locator("#pm-log > *")).to_have_count(0)
    assert "a secret" not in theirs.page.content()
    expect(inbox.cards).to_have_count(0)
    expect(third.field).to_be_enabled()
    mine.write(f"/invite {theirs.person.name}")
    expect(theirs.field).to_be_enabled()
    expect(theirs.shut).to_be_hidden()
    expect(theirs.field).to_have_value("I was just")
    expect(inbox.cards.locator(".pm-card-title bdi")).to_have_text("Tea")


def test_who_was_removed_while_away_is_told_on_return(group, site):
    mine, theirs, _ = group
    mine.write("a secret")
    expect(theirs.rows("message")).to_have_text(["a secret"])
    site.network.cut()
    theirs.write("still on its way")
    expect(theirs.rows("message").last).to_have_text("still on its way")
    act(mine, "DELETE", f"/members/{theirs.person.id}")
    site.network.mend()
    expect(theirs.shut).to_be_visible(timeout=15_000)
    expect(theirs.rows("message")).to_have_text(["still on its way"])
    failed = theirs.message("still on its way").locator(".pm-failure")
    expect(failed).to_be_visible()
    expect(theirs.field).to_be_disabled()


def test_a_mute_shuts_the_field_at_once_and_ends(group):
    mine, theirs, third = group
    act(mine, "PUT", f"/mutes/{theirs.person.id}", seconds=MUTE)
    expect(theirs.shut).to_have_text(re.compile("^You are muted until "))
    expect(theirs.field).to_be_disabled()
    expect(third.field).to_be_enabled()
    expect(theirs.field).to_be_enabled(timeout=2_000 * MUTE)
    expect(theirs.shut).to_be_hidden()
    mine.write(f"/mute {theirs.person.name} forever")
    expect(theirs.shut).to_have_text("You are muted: you may read, but not write.")
    theirs.page.reload()
    expect(theirs.shut).to_have_text("You are muted: you may read, but not write.")
    mine.write(f"/unmute {theirs.person.name}")
    expect(theirs.field).to_be_enabled()


def test_what_is_closed_can_be_read_and_not_written_in(group):
    mine, theirs, _ = group
    mine.write("the last word")
    mine.sees_sent("the last word")
    act(mine, "POST", "/close")
    for tab in (mine, theirs):
        expect(tab.shut).to_have_text("This is closed: it can be read, but nobody may write.")
        expect(tab.field).to_be_disabled()
        expect(tab.rows("message")).to_have_text(["the last word"])
    act(mine, "POST", "/reopen")
    for tab in (mine, theirs):
        expect(tab.field).to_be_enabled()


def test_a_cleared_history_is_gone_from_every_tab(group):
    mine, theirs, third = group
    inbox = third.in_another_tab("/messages/")
    mine.write("one")
    theirs.write("two")
    mine.sees_sent("one")
    theirs.sees_sent("two")
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("two")
    expect(inbox.cards.locator(".pm-card-sender")).to_have_text(f"{theirs.person.name}:")
    expect(third.rows("message")).to_have_count(2)
    mine.write("/clear")
    for tab in group:
        expect(tab.rows("message")).to_have_count(0)
        expect(tab.rows("event")).to_have_text([f"{mine.person.name} cleared the history"])
        tab.counts("0 messages", "0 received", "0 sent")
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("")
    theirs.write("three")
    for tab in group:
        expect(tab.rows("message")).to_have_text(["three"])
    mine.counts("1 message", "1 received", "0 sent")


def test_a_new_name_is_everywhere_at_once(group):
    mine, theirs, third = group
    inbox = third.in_another_tab("/messages/")
    inbox.is_connected()
    act(mine, "PATCH", "", title="Cocoa")
    for tab in (theirs, third):
        expect(tab.page.locator("#pm-title")).to_have_text("Cocoa")
        expect(tab.page).to_have_title("Cocoa")
    expect(inbox.cards.locator(".pm-card-title bdi")).to_have_text("Cocoa")
    expect(inbox.cards.locator(".pm-unread")).to_be_hidden()


def test_a_renamed_room_moves_in_every_tab_to_its_new_address(visit, site):
    mine = visit(site.person()).open()
    room = mine.call("POST", "threads", kind="room", title=f"Straße {uuid4().hex}")
    mine.page.goto(f"/messages/rooms/{room['slug']}/")
    elsewhere = mine.in_another_tab(f"/messages/chat/{room['id']}/")
    for tab in (mine, elsewhere):
        tab.is_connected()
    by_number = elsewhere.page.url
    renamed = uuid4().hex
    mine.call("PATCH", f"threads/{room['id']}", title=f"Чай {renamed}")
    for tab in (mine, elsewhere):
        expect(tab.page.locator(".pm-address")).to_have_text(f"#чай-{renamed}")
    assert unquote(mine.page.url).endswith(f"/messages/rooms/чай-{renamed}/")
    assert elsewhere.page.url == by_number
    mine.page.reload()
    expect(mine.page.locator("#pm-title")).to_have_text(f"Чай {renamed}")
    elsewhere.page.click(".pm-address")
    expect(elsewhere.page).to_have_url(mine.page.url)


def test_who_is_here_is_told(group):
    mine = group[0]
    here = mine.page.locator("#pm-present")
    for tab in group:
        expect(here).to_contain_text(tab.person.name, timeout=35_000)
    assert here.text_content().startswith("Here now: ")
