"""The inbox while it is open."""

from uuid import uuid4

from playwright.sync_api import expect

PAGE = 50  # cards
AGREED = 1_000  # ms; within it all tabs of a person say the same
FAR_BEHIND = 15_000  # ms; a hundred messages at once, on a busy machine
ABSENT = 30_000  # ms; a page that is loaded again is not gone

RECIPIENT = ("recipient_name", "recipient_id")


def test_a_new_conversation_and_its_messages_appear_by_themselves(visit, site):
    mine, other = site.person(), site.person()
    inbox = visit(mine).open()
    inbox.is_connected()
    expect(inbox.cards).to_have_count(0)
    theirs = visit(other).open()
    theirs.write_to(mine.name, "first")
    expect(inbox.cards).to_have_count(1)
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("first")
    expect(inbox.cards.locator(".pm-unread")).to_have_text("1")
    theirs.write("second")
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("second")
    expect(inbox.cards.locator(".pm-unread")).to_have_text("2")


def test_the_conversation_with_the_newest_message_is_the_first(visit, site):
    mine, *others = [site.person() for _ in range(3)]
    inbox = visit(mine).open()
    tabs = [visit(other).open() for other in others]
    for tab, other in zip(tabs, others, strict=True):
        tab.write_to(mine.name, f"hello from {other.name}")
        expect(inbox.cards.locator(".pm-card-title bdi").first).to_have_text(other.name)
    tabs[0].write("me again")
    expect(inbox.cards.locator(".pm-card-title bdi")).to_have_text([other.name for other in others])


def test_what_is_read_in_one_tab_is_read_in_the_inbox_of_another(pair):
    mine, theirs = pair
    inbox = theirs.in_another_tab("/messages/")
    badge = inbox.cards.locator(".pm-unread")
    expect(badge).to_be_hidden()
    theirs.page.close()
    mine.write("one")
    mine.write("two")
    expect(badge).to_have_text("2")
    reader = inbox.in_another_tab(f"/messages/chat/{mine.thread}/")
    reader.sees("hello", "one", "two")
    expect(badge).to_be_hidden()
    inbox.page.reload()
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("two")
    expect(badge).to_be_hidden()


def test_the_titles_of_all_tabs_count_what_is_unread(visit, site, pair):
    mine, theirs = pair
    inbox = theirs.in_another_tab("/messages/")
    inbox.is_connected()
    theirs.page.evaluate("document.hasFocus = () => false")
    for count in (1, 2):
        site.save(mine.thread, mine.person, f"number {count}")
        for tab, title in ((inbox, "Messages"), (theirs, mine.person.name)):
            expect(tab.page).to_have_title(f"({count}) {title}")
    reader = theirs.in_another_tab()
    for tab, title in ((inbox, "Messages"), (theirs, mine.person.name), (reader, mine.person.name)):
        expect(tab.page).to_have_title(title)


def test_a_title_names_a_count_only_where_there_is_one(scripts):
    title = "async (count) => (await import('/title.js')).withCount('Messages', count)"
    assert [scripts.evaluate(title, count) for count in (0, 1, 99, 100)] == [
        "Messages",
        "(1) Messages",
        "(99) Messages",
        "(99+) Messages",
    ]


def test_what_came_while_the_network_was_gone_is_there_when_it_returns(visit, site):
    mine, other = site.person(), site.person()
    inbox = visit(mine).open()
    theirs = visit(other).open()
    theirs.write_to(mine.name, "first")
    expect(inbox.cards.locator(".pm-unread")).to_have_text("1")
    site.network.cut()
    site.save(theirs.thread, other, "second", "third")
    site.network.mend()
    expect(inbox.cards.locator(".pm-unread")).to_have_text("3", timeout=15_000)
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("third")


def test_names_are_suggested(visit, site):
    mine, other = site.person(), site.person()
    inbox = visit(mine).open()
    inbox.page.locator("[name=recipient_name]").press_sequentially(other.name[:-1])
    suggestion = inbox.page.locator(f"#pm-people option[value={other.name}]")
    expect(suggestion).to_be_attached()


def test_a_suggestion_that_is_chosen_says_who_is_meant(visit, site):
    mine, other = site.person(), site.person()
    inbox = visit(mine).open()
    name, chosen = (inbox.page.locator(f"[name={field}]") for field in RECIPIENT)
    name.press_sequentially(other.name)
    expect(chosen).to_have_value(other.id)
    name.press("Backspace")
    expect(chosen).to_have_value("")


def test_says_on_the_page_why_a_message_was_not_sent(visit, site):
    mine = site.person()
    inbox = visit(mine).open()
    inbox.write_to(mine.name, "to myself")
    expect(inbox.page.locator(".pm-problem")).to_have_text("You cannot write to yourself.")
    inbox.write_to("nobody at all", "to nobody")
    expect(inbox.page.locator(".pm-problem")).to_contain_text("There is nobody of this name")
    expect(inbox.page.locator(".pm-new [name=message]")).to_have_value("to nobody")


def test_counts_up_to_ninety_nine(site, pair):
    mine, theirs = pair
    inbox = theirs.in_another_tab("/messages/")
    inbox.is_connected()
    theirs.page.close()
    badge = inbox.cards.locator(".pm-unread")
    site.save(mine.thread, mine.person, *(f"number {number}" for number in range(99)))
    expect(badge).to_have_text("99", timeout=FAR_BEHIND)
    site.save(mine.thread, mine.person, "one more")
    expect(badge).to_have_text("99+")
    inbox.page.reload()
    expect(badge).to_have_text("99+")


def _newest(tab):
    return tab.call("GET", f"threads/{tab.thread}")["version"]


def test_all_tabs_agree_within_a_second(pair):
    mine, theirs = pair
    inboxes = [theirs.in_another_tab("/messages/") for _ in range(2)]
    for inbox in inboxes:
        inbox.is_connected()
    path = f"threads/{mine.thread}"
    steps = [
        (lambda: mine.call("POST", f"{path}/messages", id=str(uuid4()), text="one"), "1"),
        (lambda: inboxes[0].call("POST", f"{path}/read", seq=_newest(mine)), None),
        (lambda: inboxes[1].call("POST", f"{path}/unread"), "marked as unread"),
        (lambda: theirs.call("POST", f"{path}/read", seq=_newest(mine)), None),
    ]
    theirs.page.evaluate("document.hasFocus = () => false")
    for act, words in steps:
        act()
        for inbox in inboxes:
            badge = inbox.cards.locator(".pm-unread")
            if words:
                expect(badge).to_have_text(words, timeout=AGREED)
            expect(badge).to_be_visible(visible=words is not None, timeout=AGREED)


def test_whoever_writes_is_shown_in_the_place_of_their_last_words(pair):
    mine, theirs = pair
    inbox = theirs.in_another_tab("/messages/")
    inbox.is_connected()
    mine.field.press_sequentially("I am")
    expect(inbox.cards.locator(".pm-card-typing")).to_contain_text(mine.person.name)
    expect(inbox.cards.locator(".pm-card-words")).to_be_hidden()
    mine.field.press("Enter")
    expect(inbox.cards.locator(".pm-card-text")).to_have_text("I am")
    expect(inbox.cards.locator(".pm-card-typing")).to_be_hidden()


def test_shows_who_is_here(visit, site, pair):
    mine, theirs = pair
    inbox = mine.in_another_tab("/messages/")
    dot = inbox.cards.get_by_role("img", name="online")
    expect(dot).to_be_visible()
    theirs.page.close()
    expect(dot).to_be_hidden(timeout=ABSENT)
    visit(theirs.person).open()
    expect(dot).to_be_visible()


def test_a_conversation_is_found_and_opened_by_keys(visit, site):
    mine, *others = [site.person() for _ in range(3)]
    tab = visit(mine).open()
    for other in others:
        visit(other).open().write_to(mine.name, f"I am {other.name}")
    expect(tab.cards).to_have_count(2)
    tab.page.evaluate("globalThis.isStillHere = true")
    tab.page.keyboard.press("Control+k")
    tab.page.get_by_role("dialog").get_by_role("combobox").press_sequentially(others[0].name)
    found = tab.page.get_by_role("group", name="Conversations").get_by_role("option")
    expect(found.locator("bdi")).to_have_text([others[0].name])
    tab.page.keyboard.press("Enter")
    tab.sees(f"I am {others[0].name}")
    assert tab.page.evaluate("isStillHere")
    current = tab.cards.locator("[aria-current=page]")
    expect(current).to_contain_text(others[0].name)


def test_a_conversation_is_begun_with_somebody_who_was_found(visit, site):
    mine, other = site.person(), site.person()
    tab, theirs = visit(mine).open(), visit(other).open()
    theirs.is_connected()
    tab.page.locator("#pm-switch").click()
    tab.page.get_by_role("dialog").get_by_role("combobox").press_sequentially(other.name)
    tab.page.get_by_role("group", name="People").get_by_text(other.name, exact=True).click()
    expect(tab.page.locator("#pm-title")).to_have_text(other.name)
    expect(theirs.cards).to_have_count(0)
    tab.write("hello, whoever you are")
    expect(theirs.cards.locator(".pm-card-text")).to_have_text("hello, whoever you are")
    expect(tab.cards.locator(".pm-card-text")).to_have_text("hello, whoever you are")


def test_a_room_is_found_and_its_door_opened(visit, site):
    owner, mine = site.person(), site.person()
    title = f"teahouse {mine.name}"
    slug = visit(owner).open().call("POST", "threads", kind="room", title=title)["slug"]
    tab = visit(mine).open()
    tab.page.keyboard.press("Control+k")
    tab.page.get_by_role("dialog").get_by_role("combobox").fill(title)
    tab.page.get_by_role("option", name=title).click()
    tab.page.wait_for_url(f"**/messages/rooms/{slug}/")


def test_older_conversations_come_as_one_scrolls(visit, site):
    mine = site.person()
    tab = visit(mine).open()
    names = [f"room {number} of {mine.name}" for number in range(PAGE + 5)]
    for name in names:
        tab.call("POST", "threads", kind="room", title=name)
    tab.page.reload()
    tab.is_connected()
    expect(tab.cards).to_have_count(PAGE)
    tab.page.locator("#pm-inbox").evaluate("(list) => (list.scrollTop = list.scrollHeight)")
    expect(tab.cards).to_have_count(len(names))
    expect(tab.page.locator("#pm-more")).to_be_hidden()
    shown = tab.cards.locator(".pm-card-title bdi").all_text_contents()
    assert shown == names[::-1]
