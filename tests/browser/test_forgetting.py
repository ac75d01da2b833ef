"""What an operator prunes or erases, in open tabs."""

import re

import pytest
from playwright.sync_api import expect

NOTE = "A message by a deleted person was removed"
NOBODY = "A deleted person"

PRUNE = """
from datetime import timedelta
from django.utils import timezone
from privatemessages import actions
from privatemessages.models import Message
now = timezone.now()
old = Message.objects.filter(thread={thread}, seq__lte=3)
old.update(sent_at=now - timedelta(days=40))
print(actions.prune("direct", now - timedelta(days=30)).messages)
"""
ERASE = """
from django.contrib.auth import get_user_model
from privatemessages import actions
person = get_user_model().objects.get(pk={pk})
print(actions.erase_person(person, removes_messages={removes}).messages)
"""


def names(tab):
    return tab.page.locator("#pm-log .pm-sender")


def test_what_is_pruned_goes_from_open_tabs_and_the_rest_is_as_it_was(pair, site):
    mine, theirs = pair
    inbox = mine.in_another_tab("/messages/")
    mine.write("old")
    theirs.write("old, too")
    mine.sees_sent("old")
    theirs.sees_sent("old, too")
    mine.write("new")
    mine.sees_sent("new")
    theirs.counts("4 messages", "3 received", "1 sent")
    title = mine.page.locator("#pm-title").text_content()

    assert site.run_script(PRUNE.format(thread=mine.thread)) == ["3"]

    for tab in (mine, theirs):
        expect(tab.rows("message")).to_have_text(["new"])
    mine.counts("1 message", "0 received", "1 sent")
    theirs.counts("1 message", "1 received", "0 sent")
    expect(mine.page.locator("#pm-title")).to_have_text(title)
    expect(inbox.cards.locator(".pm-card-title bdi")).to_have_text([theirs.person.name])
    theirs.write("newer")
    expect(mine.rows("message")).to_have_text(["new", "newer"])


def test_who_is_erased_is_out_and_what_they_wrote_with_them(pair, site):
    mine, theirs = pair
    theirs.write("a secret")
    mine.write("mine")
    theirs.write("another one")
    for tab in pair:
        expect(tab.rows("message")).to_have_text(["hello", "a secret", "mine", "another one"])
    theirs.sees_sent("another one")

    assert site.run_script(ERASE.format(pk=theirs.person.id, removes=True)) == ["2"]

    expect(theirs.page).to_have_url(re.compile("/accounts/login/"), timeout=15_000)
    for _ in range(2):
        expect(mine.rows("event")).to_have_text([NOTE, NOTE])
        expect(mine.rows("message")).to_have_text(["hello", "mine"])
        mine.counts("2 messages", "0 received", "2 sent")
        expect(mine.cards.locator(".pm-card-title bdi")).to_have_text([NOBODY])
        expect(mine.field).to_be_disabled()
        mine.page.reload()


@pytest.mark.parametrize("loads", ["by the server", "by scripts"])
def test_what_is_kept_is_a_deleted_persons(pair, site, loads):
    mine, theirs = pair
    theirs.write("kept")
    mine.sees("hello", "kept")
    assert site.run_script(ERASE.format(pk=theirs.person.id, removes=False)) == ["1"]

    if loads == "by the server":
        mine.page.reload()
    else:
        mine.page.goto("/messages/")
        mine.cards.locator("a").click()
    expect(mine.rows("message")).to_have_text(["hello", "kept"])
    expect(names(mine).last).to_have_text(NOBODY)
    expect(mine.page.locator("#pm-title")).to_have_text(NOBODY)
