"""Every page that there is, for what has to hold on all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Browser

from tests.browser.site import Person, Site
from tests.browser.visitor import Tab, Visitor

TALK = [
    "Are you there?",
    "Yes, what is it?",
    "*Look* at https://example.com",
    "`x = 1`\n\n> no",
    "👍",
]

# Where the owner of everything comes to. In braces stands what the house calls it.
PLACES = {
    "inbox": "/messages/",
    "write to somebody": "/messages/send_message/",
    "direct thread": "/messages/chat/{direct}/",
    "group": "/messages/chat/{group}/",
    "group's members": "/messages/chat/{group}/members/",
    "room": "/messages/chat/{room}/",
    "room's members": "/messages/chat/{room}/members/",
    "closed room": "/messages/chat/{closed}/",
    "confirm": "/messages/chat/{room}/confirm/clear/",
    "confirm about a person": "/messages/chat/{group}/confirm/remove/?person={other}",
    "rooms": "/messages/rooms/",
    "no rooms": "/messages/rooms/?query=nothing-like-this",
    "no room": "/messages/rooms/{nowhere}/",
    "new group": "/messages/groups/new/",
    "settings": "/messages/settings/",
    "change password": "/accounts/password_change/",
}
# Where somebody comes who belongs nowhere yet.
PLACES_OF_NEWCOMERS = {
    "empty inbox": "/messages/",
    "door": "/messages/rooms/{slug}/",
    "closed door": "/messages/rooms/{private}/",
}
PLACES_OF_STRANGERS = {
    "home": "/",
    "login": "/accounts/login/",
    "signup": "/accounts/signup/",
}


@dataclass(frozen=True)
class House:
    """A direct thread, a group and rooms of one owner, with others in them."""

    owner: Person
    newcomer: Person
    names: dict[str, str]

    def address(self, place: str) -> str:
        return place.format(**self.names)


def furnish(browser: Browser, site: Site) -> House:
    with visiting(browser, site) as owner, visiting(browser, site) as other:
        return House(owner.person, site.person(), _furnish(owner, other))


@contextmanager
def visiting(browser: Browser, site: Site) -> Iterator[Tab]:
    visitor = Visitor(browser, site, site.person())
    yield visitor.open("/accounts/password_change/")  # any page that has a form
    visitor.close()


def _furnish(owner: Tab, other: Tab) -> dict[str, str]:
    mark = uuid4().hex[:8]  # several houses stand on one site
    direct = owner.call("POST", "threads", user=other.person.name)
    group = owner.call("POST", "threads", kind="group", title="Tea", people=[other.person.name])
    room = owner.call("POST", "threads", kind="room", title=f"Kitchen {mark}", topic="Soup")
    private = owner.call("POST", "threads", kind="room", title=f"Cellar {mark}", public=False)
    closed = owner.call("POST", "threads", kind="room", title=f"Attic {mark}")
    other.call("POST", f"rooms/{room['slug']}/enter")
    for thread in (direct, group, room):
        _talk(thread["id"], owner, other)
    owner.call("POST", f"threads/{closed['id']}/close")
    return {
        "direct": direct["id"],
        "group": group["id"],
        "room": room["id"],
        "closed": closed["id"],
        "slug": room["slug"],
        "private": private["slug"],
        "nowhere": f"nowhere-{mark}",
        "other": other.person.id,
    }


def _talk(thread: int, *people: Tab) -> None:
    for number, text in enumerate(TALK):
        person = people[number % len(people)]
        person.call("POST", f"threads/{thread}/messages", id=str(uuid4()), text=text)
