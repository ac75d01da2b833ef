"""The line about the connection in Chromium, on a clock that the tests move."""

import re

import pytest
from playwright.sync_api import expect

SET_UP = """async () => {
    document.body.innerHTML =
        `<textarea></textarea><p id="pm-connection" role="status" hidden></p>`;
    const { ConnectionBar } = await import("/connection_bar.js");
    window.waiting = 0;
    window.acts = [];
    window.spoken = [];
    window.bar = new ConnectionBar({
        waiting: () => waiting,
        retry: () => acts.push("retry"),
        useHere: () => acts.push("use here"),
    });
    new MutationObserver(() => spoken.push(bar.bar.textContent))
        .observe(bar.bar, { childList: true, characterData: true, subtree: true });
}"""
KEPT = "What you write is kept."


class Line:
    def __init__(self, page, clock):
        self.page, self.clock = page, clock
        self.place = page.get_by_role("status")
        self.button = self.place.get_by_role("button")

    def show(self, *phases):
        for phase in phases:
            self.page.evaluate("phase => bar.show(phase)", phase)

    def waits(self, count):
        self.page.evaluate("count => { waiting = count; bar.refresh(); }", count)

    def says(self, words, button=""):
        expect(self.place).to_have_text(re.compile(rf"^{re.escape(words)}\s*{button}$"))
        expect(self.button).to_have_count(1 if button else 0)

    def is_hidden(self):
        expect(self.page.locator("#pm-connection")).to_be_hidden()

    @property
    def acts(self):
        return self.page.evaluate("acts")


@pytest.fixture
def line(scripts, clock):
    scripts.evaluate(SET_UP)
    yield Line(scripts, clock)
    scripts.context.set_offline(False)


@pytest.fixture
def lost(line):
    line.show("connecting", "open", "silent")
    line.says(f"The connection is lost. {KEPT}", "Try now")
    return line


def test_says_nothing_of_a_connection_that_is_quick(line, clock):
    line.show("connecting")
    clock.run_for(900)
    line.show("open")
    clock.run_for(5_000)
    line.is_hidden()
    assert line.page.evaluate("spoken") == []


def test_says_that_it_connects_for_the_first_time_after_a_second(line, clock):
    line.show("connecting")
    clock.run_for(1_100)
    line.says("Connecting…")
    line.show("open")
    line.is_hidden()


def test_says_nothing_of_an_interruption_that_is_brief(line, clock):
    line.show("connecting", "open", "waiting")
    clock.run_for(500)
    line.show("connecting")
    clock.run_for(400)
    line.show("open")
    clock.run_for(5_000)
    line.is_hidden()


def test_says_after_a_second_in_all_that_the_connection_is_lost(line, clock):
    line.show("connecting", "open", "waiting")
    clock.run_for(600)
    line.show("connecting", "waiting")
    clock.run_for(600)
    line.says(f"The connection is lost. {KEPT}", "Try now")


def test_says_at_once_that_a_connection_fell_silent(lost):
    assert lost.place.get_attribute("data-phase") == "silent"


def test_counts_what_waits_as_it_changes(lost):
    lost.waits(1)
    lost.says("The connection is lost. 1 message waits.", "Try now")
    lost.waits(3)
    lost.says("The connection is lost. 3 messages wait.", "Try now")
    lost.waits(0)
    lost.says(f"The connection is lost. {KEPT}", "Try now")


def test_repeats_nothing_to_those_who_listen(lost):
    lost.waits(2)
    said = len(lost.page.evaluate("spoken"))
    lost.show("connecting", "waiting", "connecting", "waiting")
    lost.waits(2)
    assert len(lost.page.evaluate("spoken")) == said


def test_says_for_two_seconds_that_it_is_back(lost, clock):
    lost.waits(2)
    lost.show("connecting", "open")
    lost.says("Back.")
    lost.waits(1)  # they go out now
    lost.says("Back.")
    clock.run_for(1_900)
    lost.says("Back.")
    clock.run_for(200)
    lost.is_hidden()


def test_a_loss_while_it_says_that_it_is_back_is_told(lost, clock):
    lost.show("open")
    clock.run_for(1_000)
    lost.show("waiting")
    clock.run_for(3_000)
    lost.says(f"The connection is lost. {KEPT}", "Try now")


def test_tries_when_asked_to_and_shows_that_it_does(lost, clock):
    lost.button.click()
    assert lost.acts == ["retry"]
    lost.show("connecting")
    lost.says(f"The connection is lost. {KEPT}", "Trying…")
    lost.show("waiting")
    clock.run_for(2_100)
    lost.says(f"The connection is lost. {KEPT}", "Try now")


def test_the_focus_returns_from_a_button_that_goes(lost):
    field = lost.page.locator("textarea")
    field.focus()
    lost.page.keyboard.press("Tab")
    expect(lost.button).to_be_focused()
    lost.page.keyboard.press("Enter")
    assert lost.acts == ["retry"]
    expect(lost.button).to_be_focused()
    lost.show("open")
    expect(field).to_be_focused()


def test_says_that_the_browser_is_offline(line, scripts):
    line.show("connecting", "open")
    scripts.context.set_offline(True)
    line.show("open")
    line.waits(2)
    line.says("You are offline. 2 messages wait.", "Try now")
    scripts.context.set_offline(False)
    line.show("open")
    line.says("Back.")


def test_says_where_messages_are_asked_for_until_sockets_come_through(lost, clock):
    lost.show("polling")
    lost.says("Live connection is blocked here. New messages come every few seconds.")
    clock.run_for(60_000)
    lost.says("Live connection is blocked here. New messages come every few seconds.")
    lost.show("open")
    lost.says("Back.")


def test_offers_to_use_this_window_where_there_are_too_many(line):
    line.show("connecting", "elsewhere")
    line.says("Messages are open in too many windows.", "Use here")
    line.button.click()
    assert line.acts == ["use here"]


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("stopped", "The connection was refused. Reload the page to try again."),
        ("signed_out", "You are signed out here. Reload the page to sign in."),
    ],
)
def test_says_what_only_the_person_can_mend(line, phase, words):
    line.show("connecting", "open", phase)
    line.says(words)
