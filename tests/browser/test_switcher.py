"""Going somewhere by a part of its name, with the answers of a server that is made up."""

import pytest
from playwright.sync_api import expect

from tests.services import ROOT

STYLES = ROOT / "privatemessages" / "static" / "privatemessages" / "css"

OFFERED = """async ([query, cards, found]) => {
    const { offered } = await import("/found.js");
    const { threads, people, rooms } = offered(query, cards, found);
    return [threads.map(({ id }) => id), people.map(({ id }) => id), rooms.map(({ id }) => id)];
}"""

NARROWED = """async ([query, found]) => (await import("/found.js")).narrowed(query, found)"""

# What has no answer waits for `settle`, or for ever.
OPEN = """async ({ styles, cards, answers }) => {
    document.head.innerHTML = `<style>${styles}</style>`;
    document.body.innerHTML =
        '<div class="pm"><button id="pm-switch" data-css="data:text/css,">search</button></div>';
    const log = { asked: [], opened: [], settle: {} };
    const ask = (name, key) => {
        log.asked.push([name, key]);
        const answer = answers[`${name} ${key}`];
        if (answer?.detail) return Promise.reject(new ApiError(400, "bad", answer.detail));
        if (answer?.away) return Promise.reject(new TypeError("The network is away."));
        if (answer) return Promise.resolve(answer);
        return new Promise((done) => (log.settle[`${name} ${key}`] = done));
    };
    const { ApiError } = await import("/api.js");
    const { openSwitcher } = await import("/switcher.js");
    const api = {
        threads: ({ query }) => ask("threads", query),
        people: (query) => ask("people", query),
        rooms: (query) => ask("rooms", query),
        start: (id) => ask("start", id),
    };
    const open = (thread) => log.opened.push(thread);
    globalThis.log = log;
    globalThis.show = () => openSwitcher({ api, cards: () => cards, open, inboxUrl: "/messages/" });
    document.getElementById("pm-switch").focus();
    await show();
}"""


def thread(number, title, kind="direct", **more):
    people = [{"id": "1", "name": "me"}, {"id": f"u{number}", "name": title}]
    kept = {"member_count": 2, "unread": 0, "marked_unread": False, "silent": False}
    return {"id": number, "title": title, "kind": kind, "people": people} | kept | more


def person(name):
    return {"id": f"id of {name}", "name": name}


def room(number, title, *, is_member=False):
    return {"id": number, "slug": title, "title": title, "is_member": is_member}


def found(threads=(), people=(), rooms=()):
    return {"threads": [*threads], "people": [*people], "rooms": [*rooms]}


def server(query, threads=(), people=(), rooms=()):
    kinds = {"threads": threads, "people": people, "rooms": rooms}
    return {f"{kind} {query}": {kind: [*found]} for kind, found in kinds.items()}


@pytest.fixture
def offered(scripts):
    return lambda *arguments: scripts.evaluate(OFFERED, arguments)


@pytest.fixture
def switcher(scripts):
    """Opens it over a page with these conversations."""

    def switcher(cards=(), **answers):
        scripts.reload()
        styles = "".join(
            (STYLES / f"{name}.css").read_text() for name in ("messenger", "lists", "switcher")
        )
        arguments = {"styles": styles, "cards": [*cards], "answers": answers}
        scripts.evaluate(OPEN, arguments)
        return scripts

    return switcher


def options(page):
    return page.get_by_role("option").locator(".pm-found-title")


def log(page, name):
    return page.evaluate("(name) => log[name]", name)


def test_without_a_word_the_newest_are_offered_and_those_with_unread_words_first(offered):
    cards = [thread(number, f"person {number}") for number in range(30)]
    cards[7] |= {"unread": 2}
    cards[9] |= {"marked_unread": True}
    cards[8] |= {"unread": 5, "silent": True}
    threads, people, rooms = offered("", cards, found())
    assert threads == [7, 9, *(number for number in range(20) if number not in {7, 9})]
    assert (people, rooms) == ([], [])


def test_a_title_fits_in_any_letters_and_its_beginning_counts_more(offered):
    cards = [thread(1, "Anna Zoë"), thread(2, "Zoe"), thread(3, "bob"), thread(4, "ЗОЯ")]
    assert offered("zoe", cards, found())[0] == [2, 1]
    assert offered("зо", cards, found())[0] == [4]


def test_what_the_server_knows_beyond_the_list_comes_after_it(offered):
    mine, others = [thread(1, "tea")], [thread(1, "tea, formerly"), thread(5, "teatime")]
    assert offered("tea", mine, found(others))[0] == [1, 5]


def test_a_person_or_room_that_is_a_conversation_is_offered_once(offered):
    cards = [thread(1, "bob"), thread(2, "bobbing", kind="room")]
    people = [{"id": "u1", "name": "bob"}, person("bobby")]
    rooms = [room(2, "bobbing", is_member=True), room(3, "bobsleighs")]
    expected = [[1, 2], ["id of bobby"], [3]]
    assert offered("bob", cards, found(people=people, rooms=rooms)) == expected


def test_until_the_server_answers_what_it_said_before_is_sifted(scripts):
    before = found([thread(1, "bob")], [person("bob"), person("bill")], [room(2, "tea")])
    after = scripts.evaluate(NARROWED, ["bo", before])
    assert after == found([thread(1, "bob")], [person("bob")])
    assert scripts.evaluate(NARROWED, ["", before]) == found()


def test_goes_to_the_conversation_that_is_chosen_by_keys(switcher):
    page = switcher([thread(1, "ann"), thread(2, "bob"), thread(3, "cleo")])
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    for key, chosen in (("ArrowDown", "bob"), ("ArrowUp", "ann"), ("ArrowUp", "cleo")):
        field.press(key)
        expect(page.locator("[aria-selected=true] bdi")).to_have_text(chosen)
        active = page.locator(f"#{field.get_attribute('aria-activedescendant')} bdi")
        expect(active).to_have_text(chosen)
    field.press("Enter")
    assert log(page, "opened") == [3]
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_goes_by_a_click(switcher):
    page = switcher([thread(1, "ann"), thread(2, "bob")])
    page.get_by_role("option", name="bob").click()
    assert log(page, "opened") == [2]


def test_escape_closes_and_gives_the_focus_back(switcher):
    page = switcher([thread(1, "ann")])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#pm-switch")).to_be_focused()
    page.evaluate("show()")
    page.mouse.click(5, 5)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("show()")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert log(page, "opened") == []


def test_opened_twice_it_is_there_once(switcher):
    page = switcher([thread(1, "ann")])
    page.evaluate("Promise.all([show(), show()])")
    expect(page.get_by_role("dialog")).to_have_count(1)


def test_finds_people_and_rooms_beside_conversations(switcher):
    answers = server("bo", [thread(7, "about")], [person("boris")], [room(3, "boats")])
    page = switcher([thread(1, "bob"), thread(2, "ann")], **answers)
    page.get_by_role("combobox").fill("bo")
    expect(options(page)).to_have_text(["bob", "about", "boris", "boats"])
    groups = page.get_by_role("group")
    names = ["Conversations", "People", "Rooms"]
    assert [group.get_attribute("aria-label") for group in groups.all()] == names
    expect(page.get_by_role("status")).to_have_text("4 found")


def test_a_person_who_is_chosen_gets_a_conversation(switcher):
    answers = server("boris", people=[person("boris")]) | {"start id of boris": {"id": 9}}
    page = switcher(**answers)
    page.get_by_role("combobox").fill("boris")
    page.get_by_role("option", name="boris").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert log(page, "opened") == [9]


def test_says_why_a_person_could_not_be_written_to(switcher):
    detail = "Too many conversations at once."
    answers = server("boris", people=[person("boris")])
    page = switcher(**answers | {"start id of boris": {"detail": detail}})
    page.get_by_role("combobox").fill("boris")
    page.get_by_role("option", name="boris").click()
    expect(page.get_by_role("status")).to_have_text(detail)
    assert log(page, "opened") == []


def test_a_room_is_opened_or_its_door_is(switcher):
    rooms = [room(3, "tea", is_member=True), room(4, "teapots")]
    page = switcher(**server("tea", rooms=rooms))
    page.get_by_role("combobox").fill("tea")
    page.get_by_role("option", name="tea", exact=True).click()
    assert log(page, "opened") == [3]
    page.evaluate("show()")
    page.get_by_role("combobox").fill("tea")
    door = "**/messages/rooms/teapots/"
    page.route(door, lambda route: route.fulfill(body="a door", content_type="text/html"))
    page.get_by_role("option", name="teapots").click()
    page.wait_for_url(door)
    page.unroute(door)
    page.goto("http://scripts.test/")


def test_asks_once_for_what_is_typed_quickly_and_for_people_from_two_letters_on(switcher):
    page = switcher(**server("b"), **server("boris"))
    field = page.get_by_role("combobox")
    field.press_sequentially("b")
    page.wait_for_function("log.asked.length === 2")
    field.press_sequentially("oris")
    page.wait_for_function("log.asked.length === 5")
    asked = [["threads", "b"], ["rooms", "b"]]
    asked += [[kind, "boris"] for kind in ("threads", "people", "rooms")]
    assert log(page, "asked") == asked


def test_an_answer_to_what_was_typed_before_is_ignored(switcher):
    page = switcher(**server("boris", people=[person("boris")]))
    field = page.get_by_role("combobox")
    field.fill("bob")
    page.wait_for_function("Object.keys(log.settle).length === 3")
    field.fill("boris")
    expect(options(page)).to_have_text(["boris"])
    page.evaluate("""() => {
        log.settle["threads bob"]({ threads: [] });
        log.settle["people bob"]({ people: [{ id: "7", name: "bob" }] });
        log.settle["rooms bob"]({ rooms: [] });
    }""")
    page.wait_for_timeout(50)
    expect(options(page)).to_have_text(["boris"])


def test_where_nothing_is_called_so_it_leads_to_the_rooms(switcher):
    page = switcher([thread(1, "ann")], **server("xyz"))
    page.get_by_role("combobox").fill("xyz")
    status = page.get_by_role("status")
    expect(status).to_contain_text("Nothing has such a name.")
    link = status.get_by_role("link", name="All rooms")
    expect(link).to_have_attribute("href", "/messages/rooms/")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")


def test_without_conversations_it_says_what_to_do(switcher):
    page = switcher()
    expect(page.get_by_role("status")).to_have_text("Type a name to find somebody.")


def test_while_the_network_is_away_it_says_so_and_finds_what_the_page_knows(switcher):
    away = {f"{kind} bo": {"away": True} for kind in ("threads", "people", "rooms")}
    page = switcher([thread(1, "bob")], **away)
    page.get_by_role("combobox").fill("bo")
    expect(page.get_by_role("status")).to_contain_text("The search does not answer.")
    page.get_by_role("combobox").press("Enter")
    assert log(page, "opened") == [1]


def test_shows_what_is_unread(switcher):
    page = switcher([thread(1, "ann", unread=100), thread(2, "bob", marked_unread=True)])
    expect(page.get_by_role("option", name="ann")).to_contain_text("99+")
    expect(page.get_by_role("option", name="bob marked as unread")).to_be_visible()


def test_fits_on_a_phone(switcher):
    page = switcher([thread(number, "a long name " * 9, unread=3) for number in range(20)])
    page.set_viewport_size({"width": 360, "height": 640})
    box = page.get_by_role("dialog").bounding_box()
    assert (box["x"] >= 0, box["x"] + box["width"] <= 360, box["height"] <= 640) == (True,) * 3
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    badge = page.locator(".pm-found .pm-unread").first.bounding_box()
    assert badge["x"] + badge["width"] <= box["x"] + box["width"]
    page.set_viewport_size({"width": 1280, "height": 720})
