"""The outbox and what carries it, in Chromium, on a clock that the tests move."""

from itertools import pairwise

import pytest

# Tabs of one browser share its storage; each has a courier and a wire of its own.
SET_UP = """async () => {
    const { Outbox } = await import("/outbox.js");
    const { Courier } = await import("/courier.js");
    localStorage.clear();
    window.tabs = {};
    window.open_tab = (tab, user = "1") => {
        const sent = [], times = [];
        const changed = () => courier.pump();
        const outbox = new Outbox({ user, tab, storage: localStorage, changed });
        const transmit = (frame) => sent.push(JSON.parse(frame).text) && times.push(Date.now()) > 0;
        const courier = new Courier(outbox, transmit);
        window.tabs[tab] = { outbox, courier, sent, times };
    };
    window.open_tab("a");
}"""


class Courier:
    def __init__(self, page, tab="a"):
        self.page, self.tab = page, tab

    def do(self, act):
        return self.page.evaluate(f"() => {{ const t = tabs[{self.tab!r}]; return t.{act}; }}")

    def write(self, *texts, thread=1):
        for text in texts:
            self.do(f"outbox.add({thread}, {text!r})")

    def connect(self):
        self.do("courier.connected()")

    def drop(self, too_large=False):
        self.do(f"courier.disconnected({str(too_large).lower()})")

    def answer(self, act, text, *more):
        arguments = ", ".join([repr(self.item(text)["id"]), *more])
        self.do(f"courier.{act}({arguments})")

    def item(self, text):
        return next(item for item in self.items() if item["text"] == text)

    def items(self):
        return self.do("outbox.items()")

    @property
    def sent(self):
        return self.do("sent")


@pytest.fixture
def courier(scripts, clock):
    scripts.evaluate(SET_UP)
    return Courier(scripts)


def test_one_message_of_a_thread_is_on_its_way_and_the_next_follows(courier):
    courier.connect()
    courier.write("one", "two", "three")
    courier.write("elsewhere", thread=2)
    assert courier.sent == ["one", "elsewhere"]
    courier.answer("accepted", "one")
    assert courier.sent == ["one", "elsewhere", "two"]
    courier.answer("stored", "two")
    assert courier.sent == ["one", "elsewhere", "two", "three"]


def test_what_is_written_while_disconnected_is_sent_in_its_order(courier):
    courier.write("one", "two")
    assert courier.sent == []
    courier.connect()
    courier.answer("accepted", "one")
    assert courier.sent == ["one", "two"]


def test_what_is_not_stored_is_sent_again_after_ten_seconds_doubling_to_sixty(courier, clock):
    courier.connect()
    courier.write("one")
    courier.answer("accepted", "one")
    clock.run_for(250_000)
    times = courier.do("times")
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert len(pauses) >= 5
    for pause, expected in zip(pauses, (10_000, 20_000, 40_000, 60_000, 60_000), strict=False):
        assert expected <= pause <= expected * 1.2 + 300  # with its jitter
    courier.answer("stored", "one")
    clock.run_for(100_000)
    assert courier.do("times") == times
    assert courier.items() == []


def test_all_that_is_not_stored_is_sent_again_on_a_reconnect(courier):
    courier.connect()
    courier.write("one", "two")
    courier.answer("accepted", "one")
    courier.drop()
    courier.connect()
    courier.answer("accepted", "one")
    assert courier.sent == ["one", "two", "one", "two"]


def test_three_disconnections_in_a_row_fail_a_message_and_an_answer_between_saves_it(courier):
    courier.write("one", "two")
    for _ in range(2):
        courier.connect()
        courier.drop()
    courier.connect()
    courier.answer("accepted", "one")
    for _ in range(3):
        courier.drop()
        courier.connect()
    assert courier.item("one")["state"] == "waiting"
    courier.drop()
    assert courier.item("one")["state"] == "failed"
    assert courier.item("one")["code"] == "disconnected"
    assert courier.item("two")["state"] == "waiting"


def test_a_failed_message_is_sent_again_only_when_it_is_tried_again(courier, clock):
    courier.connect()
    courier.write("one")
    courier.answer("failed", "one", "'may_not_post'", "null")
    clock.run_for(100_000)
    assert courier.sent == ["one"]
    identity = courier.item("one")["id"]
    courier.do(f"outbox.retry({identity!r})")
    assert courier.sent == ["one", "one"]
    assert courier.item("one")["id"] == identity


def test_what_was_refused_is_tried_again_as_a_new_message(courier):
    courier.write("one")
    identity = courier.item("one")["id"]
    courier.do(f"outbox.fail({identity!r}, 'refused')")
    courier.do(f"outbox.retry({identity!r})")
    assert courier.item("one")["id"] != identity
    assert courier.item("one")["state"] == "waiting"


def test_a_frame_that_was_too_large_is_given_up(courier):
    courier.connect()
    courier.write("one", "two")
    courier.drop(too_large=True)
    assert courier.item("one")["code"] == "too_long"
    courier.connect()
    assert courier.sent == ["one", "two"]


def test_nothing_is_sent_before_the_server_said_that_it_may_be(courier, clock):
    courier.connect()
    courier.write("one", "two")
    courier.write("elsewhere", thread=2)
    courier.answer("failed", "one", "'rate_limited'", "5000")
    before = courier.sent
    clock.run_for(4_000)
    assert courier.sent == before
    clock.run_for(2_000)
    assert courier.sent == [*before, "one"]


def test_a_thread_that_cannot_take_anything_now_holds_up_no_other(courier, clock):
    courier.connect()
    courier.write("one", "two")
    courier.answer("accepted", "one")
    courier.answer("failed", "two", "'unavailable'", "5000")
    courier.write("elsewhere", "and more", thread=2)
    courier.answer("accepted", "elsewhere")
    assert courier.sent == ["one", "two", "elsewhere", "and more"]
    courier.answer("stored", "and more")
    clock.run_for(4_500)
    assert len(courier.sent) == 4
    clock.run_for(1_000)  # what was accepted there may be forgotten
    assert courier.sent[4:] == ["one"]
    courier.answer("accepted", "one")
    assert courier.sent[4:] == ["one", "two"]


@pytest.mark.parametrize("code", ["not_found", "may_not_post", "empty", "too_long", "bad_text"])
def test_a_thread_whose_message_failed_holds_up_no_other(courier, code):
    courier.connect()
    courier.write("one")
    courier.write("elsewhere", "and more", thread=2)
    courier.answer("failed", "one", f"'{code}'", "null")
    courier.answer("accepted", "elsewhere")
    courier.write("next")
    assert courier.sent == ["one", "elsewhere", "and more", "next"]


def test_another_link_begins_with_the_oldest_whatever_was_on_its_way_by_the_last(courier):
    courier.connect()
    courier.write("one", "two")
    courier.answer("accepted", "one")
    courier.connect()
    assert courier.sent == ["one", "two", "one"]


def test_an_answer_is_late_after_three_seconds(courier, clock):
    courier.connect()
    courier.write("one")
    clock.run_for(2_500)
    assert not courier.do("courier.isAnswerLate()")
    clock.run_for(1_000)
    assert courier.do("courier.isAnswerLate()")
    courier.answer("accepted", "one")
    assert not courier.do("courier.isAnswerLate()")


class TestTabs:
    @pytest.fixture
    def other(self, scripts, courier):
        scripts.evaluate("open_tab('b')")
        return Courier(scripts, "b")

    def test_each_sends_its_own_and_shows_all(self, courier, other):
        courier.connect()
        other.connect()
        courier.write("mine")
        other.write("theirs")
        assert (courier.sent, other.sent) == (["mine"], ["theirs"])
        assert courier.items() == other.items()
        assert len(courier.items()) == 2

    def test_one_takes_over_at_once_what_another_left_when_it_was_closed(self, courier, other):
        courier.write("mine")
        courier.do("outbox.release()")
        other.connect()
        assert other.sent == ["mine"]

    def test_one_takes_over_in_the_end_what_a_crash_left(self, courier, other, clock):
        courier.write("mine")
        other.connect()
        clock.run_for(60_000)
        assert other.sent == []
        clock.run_for(40_000)
        assert other.sent == ["mine"]

    def test_nobody_takes_what_is_another_persons(self, scripts, courier, clock):
        courier.write("mine")
        courier.do("outbox.release()")
        scripts.evaluate("open_tab('c', '2')")
        stranger = Courier(scripts, "c")
        stranger.connect()
        clock.run_for(100_000)
        assert (stranger.items(), stranger.sent) == ([], [])


def test_a_full_storage_loses_nothing_while_the_tab_lives(scripts, courier):
    scripts.evaluate("""() => {
        Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
    }""")
    courier.write("one", "two")
    courier.connect()
    courier.answer("accepted", "one")
    assert courier.sent == ["one", "two"]
    courier.answer("stored", "one")
    assert [item["text"] for item in courier.items()] == ["two"]


@pytest.mark.parametrize("rubbish", ["", "null", "{", '{"id": 5}', "[]"])
def test_rubbish_in_the_storage_is_passed_over(scripts, courier, rubbish):
    scripts.evaluate("text => localStorage.setItem('privatemessages.outbox.1.x', text)", rubbish)
    courier.write("one")
    courier.connect()
    assert courier.sent == ["one"]
