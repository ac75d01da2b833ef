"""Three people in a room; one is banned, and tries every door."""

from urllib.parse import unquote
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.tornadoapp.client import Closed, Socket

BEFORE, AFTER = "said before the ban", "said after the ban"
QUIET = 1.0  # seconds, after which a right that was taken away is gone

STATUS = """async ([method, path, body]) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token, "Content-Type": "application/json" };
    const answer = await fetch("/messages/api/" + path, { method, headers, body });
    return [answer.status, await answer.text()];
}"""


@pytest.fixture
def room(visit, site):
    """The owner's tab, a moderator's and a member's, and the room's id and address."""
    people = [site.person() for _ in range(3)]
    tabs = [visit(person).open() for person in people]
    made = tabs[0].call("POST", "threads", kind="room", title=f"Café {uuid4().hex[:8]}")
    address = f"/messages/rooms/{made['slug']}/"
    for tab in tabs[1:]:
        tab.page.goto(address)
        tab.page.get_by_role("button", name="Enter").click()
    tabs[0].page.goto(address)
    for tab in tabs:
        tab.is_connected()
    tabs[0].write(f"/mod {people[1].name}")
    expect(tabs[1].rows("event").last).to_contain_text("is a moderator now")
    return tabs, made["id"], address


def test_who_is_banned_finds_every_door_shut(room, site, visit):
    (owner, moderator, banned), thread, address = room
    owner.write(BEFORE)
    expect(banned.rows("message")).to_have_text([BEFORE])
    port, cookie = site.worker_port, banned.person.session
    with Socket(port, cookie=cookie) as live, Socket(port, f"/{thread}/", cookie=cookie) as plain:
        live.hello()
        owner.write(f"/ban {banned.person.name} 1d shouts")
        live.until("removed", QUIET, thread=thread)
        assert plain.closed(QUIET) == 4503
        banned_page(banned)
        owner.write(AFTER)
        expect(moderator.rows("message")).to_have_text([BEFORE, AFTER])
        sockets(site, live, cookie, thread)
    pages(banned, thread, address)
    api(banned, thread, address)
    invitation(owner, moderator, banned)
    expect(moderator.rows("message")).to_have_text([BEFORE, AFTER])
    comes_back(owner, banned, address)


def banned_page(tab):
    """The one that was open: shut, and emptied."""
    expect(tab.field).to_be_disabled()
    expect(tab.rows("message")).to_have_count(0)


def sockets(site, live, cookie, thread):
    """The one that was open hears nothing and says nothing, and new ones do not either."""
    said = live.say(thread, "through the old socket")
    assert live.until("error", id=said)["code"] == "not_found"
    assert AFTER not in str(live.waiting())
    with Socket(site.worker_port, cookie=cookie) as fresh:
        assert str(thread) not in fresh.hello()["threads"]
        said = fresh.say(thread, "/who")
        assert fresh.until("error", id=said)["code"] == "not_found"
    with Socket(site.worker_port, f"/{thread}/", cookie=cookie) as plain:
        assert plain.receive() == Closed(4503)


def pages(tab, thread, address):
    page = tab.in_another_tab("/messages/").page
    expect(page.locator(".pm-cards > .pm-card")).to_have_count(0)
    for path in ("", "members/"):
        assert page.goto(f"/messages/chat/{thread}/{path}").status == 404
    page.goto("/messages/rooms/")
    page.get_by_label("Which room").fill(address.split("/")[3])
    page.get_by_label("Which room").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You are banned here until")
    assert unquote(page.url).endswith(address)
    expect(page.get_by_role("button", name="Enter")).to_have_count(0)
    assert BEFORE not in page.content()
    page.close()


def api(tab, thread, address):
    page = tab.in_another_tab("/messages/").page

    def ask(method, path, body=None):
        status, text = page.evaluate(STATUS, [method, path, body])
        assert BEFORE not in text
        assert AFTER not in text
        return status

    for path in ("", "/messages", "/changes?since=0", "/members", "/present", "/commands", "/bans"):
        assert ask("GET", f"threads/{thread}{path}") == 404, path
    message = f'{{"id": "{uuid4()}", "text": "through the API"}}'
    assert ask("POST", f"threads/{thread}/messages", message) == 404
    assert ask("POST", f"threads/{thread}/commands", '{"text": "/who"}') == 404
    assert ask("POST", f"threads/{thread}/read", '{"seq": 1}') == 404
    assert ask("POST", f"rooms/{address.split('/')[3]}/enter") == 403
    assert ask("POST", f"threads/{thread}/requests") == 403
    assert ask("GET", "threads") == 200
    page.close()


def invitation(owner, moderator, banned):
    for tab in (moderator, owner):
        tab.write(f"/invite {banned.person.name}")
        expect(tab.rows("notice").last).to_have_text("This person is banned here.")
    expect(banned.field).to_be_disabled()


def comes_back(owner, banned, address):
    """So the doors were shut by the ban, and by nothing else."""
    owner.write(f"/unban {banned.person.name}")
    expect(owner.rows("notice").last).not_to_have_text("This person is banned here.")
    banned.page.goto(address)
    banned.page.get_by_role("button", name="Enter").click()
    expect(banned.rows("message")).to_have_text([BEFORE, AFTER])
