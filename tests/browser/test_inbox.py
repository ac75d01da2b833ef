"""The inbox while it is open."""

from playwright.sync_api import expect

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
