"""Commands in the field of an open tab."""

from playwright.sync_api import expect


def notices(tab):
    return tab.rows("notice")


def test_the_answer_is_for_its_author_alone_and_gone_after_a_reload(pair):
    mine, theirs = pair
    mine.write("/help")
    expect(mine.field).to_have_value("")
    expect(notices(mine)).to_have_count(1)
    assert "\n" in notices(mine).inner_text()
    mine.write("after it")
    expect(mine.page.locator("#pm-log > li:not(.pm-day) .pm-text").last).to_have_text("after it")
    theirs.sees("hello", "after it")
    mine.page.reload()
    mine.sees("hello", "after it")


def test_what_was_not_done_looks_different(pair):
    mine, _ = pair
    mine.write("/hepl")
    expect(notices(mine)).to_have_text("There is no command /hepl. Did you mean /help?")
    row = mine.page.locator("#pm-log > .pm-notice")
    expect(row).to_have_attribute("data-state", "failed")
    mine.write("/help")
    expect(row.last).to_have_attribute("data-state", "sent")


def test_two_slashes_are_one(pair):
    mine, theirs = pair
    mine.write("//help")
    theirs.sees("hello", "/help")
    mine.sees_sent("/help")
    mine.sees("hello", "/help")


def test_a_command_is_not_kept_for_later(pair, site):
    mine, _ = pair
    site.network.cut()
    expect(mine.bar).not_to_have_attribute("data-phase", "open", timeout=15_000)
    mine.write("/help")
    problem = mine.page.locator("#pm-problem")
    expect(problem).to_contain_text("There is no connection.")
    expect(mine.field).to_have_value("/help")
    mine.write("a message")
    site.network.mend()
    mine.sees_sent("a message", within=20)
    mine.is_connected()
    expect(notices(mine)).to_have_count(0)
    mine.write("/help")
    expect(notices(mine)).to_have_count(1)
    expect(problem).to_be_hidden()


def test_says_when_the_connection_took_the_answer_along(pair, site):
    mine, _ = pair
    site.network.freeze()
    mine.write("/help")
    expect(mine.field).to_have_value("")
    site.network.cut()
    expect(mine.bar).not_to_have_attribute("data-phase", "open", timeout=15_000)
    site.network.mend()
    words = "The connection was lost before the answer came: /help"
    expect(notices(mine)).to_have_text(words, timeout=20_000)


def options(tab):
    return tab.page.get_by_role("option")


def test_commands_are_completed_from_the_keyboard(pair):
    mine, _ = pair
    mine.field.press_sequentially("/h")
    field = mine.page.get_by_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(options(mine)).to_contain_text(["/help"])
    chosen = mine.page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(chosen).to_contain_text("/help")
    mine.field.press("Tab")
    expect(mine.field).to_have_value("/help ")
    expect(mine.field).to_be_focused()
    expect(options(mine)).to_have_count(0)
    expect(mine.page.get_by_role("combobox")).to_have_count(0)


def test_arrows_choose_and_escape_closes(pair):
    mine, _ = pair
    mine.field.press_sequentially("/")
    expect(options(mine)).not_to_have_count(0)
    count = options(mine).count()
    assert count > 1
    selected = mine.page.locator("#pm-completion [aria-selected=true]")
    names = options(mine).locator(".pm-option-words").all_text_contents()
    mine.field.press("ArrowDown")
    expect(selected.locator(".pm-option-words")).to_have_text(names[1])
    mine.field.press("ArrowUp")
    mine.field.press("ArrowUp")
    expect(selected.locator(".pm-option-words")).to_have_text(names[-1])
    mine.field.press("Escape")
    expect(options(mine)).to_have_count(0)
    expect(mine.field).to_have_value("/")
    mine.field.press_sequentially("h")
    options(mine).first.click()
    expect(mine.field).to_have_value("/help ")
    expect(mine.field).to_be_focused()


def test_a_command_that_is_written_out_is_sent_by_enter(pair):
    mine, _ = pair
    mine.field.press_sequentially("/help")
    expect(options(mine)).to_have_count(1)
    mine.field.press("Enter")
    expect(notices(mine)).to_have_count(1)
    expect(options(mine)).to_have_count(0)


def test_names_of_members_are_completed(group):
    mine, theirs, _ = group
    name = theirs.person.name
    mine.field.press_sequentially(f"/kick {name[:-1]}")
    option = options(mine).filter(has_text=name).first
    option.click()
    expect(mine.field).to_have_value(f"/kick {name} ")
    mine.field.fill("")
    mine.field.press_sequentially(f"hello @{name}")
    expect(options(mine).filter(has_text=name).first).to_be_visible()
    mine.field.press("Escape")
    mine.field.press("Enter")
    expect(theirs.rows("message")).to_have_text(f"hello @{name}")
    mine.field.press_sequentially("/kick ")
    expect(options(mine)).to_have_count(2)
    expect(options(mine).filter(has_text=mine.person.name)).to_have_count(0)
