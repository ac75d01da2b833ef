"""The page's link to the server in Chromium, by sockets and without, on a clock that tests move."""

import re

import pytest
from playwright.sync_api import expect

# `sockets` are answered by the test; each of `blocked` ones breaks at once. The API stores at once.
SET_UP = """async (blocking) => {
    localStorage.clear();
    sessionStorage.clear();
    document.body.innerHTML = `<p id="pm-connection" role="status" hidden></p>`;
    Object.assign(window, { sockets: [], blocked: blocking, away: false, verdict: 200 });
    Object.assign(window, { frames: [], returns: 0, questions: 0, posts: [], seq: 3 });
    window.WebSocket = class {
        static OPEN = 1;
        readyState = 1;
        sent = [];
        constructor() {
            sockets.push(this);
            if (blocked) setTimeout(() => this.onclose?.({ code: 1006 }), 10);
        }
        send(frame) { this.sent.push(JSON.parse(frame)); }
        close() { this.closed = true; }
    };
    const user = { id: "1", name: "alice" };
    const answers = {
        heads: () => ({ user, threads: { 7: { version: seq, read: 0 } } }),
        messages: ({ id, text }, thread) => {
            posts.push(text);
            seq += 1;
            return { id, thread, sender: user, kind: "text", text, sent_at: 1, seq, version: seq };
        },
    };
    window.fetch = async (url, { body }) => {
        questions += url.endsWith("heads");
        if (away) throw new TypeError("no network");
        const [call, thread] = url.split("/").reverse();
        const given = JSON.parse(body ?? null);
        const content = verdict === 200 ? answers[call](given, Number(thread)) : {};
        return new Response(JSON.stringify(content), { status: verdict });
    };
    Math.random = () => 1; // the longest wait that the jitter allows
    const page = { user, socket_url: "ws://somewhere/ws/", api_url: "/api/" };
    const { Messenger } = await import("/messenger.js");
    await import("/polling.js"); // loads while the clock stands still
    window.messenger = new Messenger({ ...page, login_url: "#", logout_url: "" }, {
        frame: (frame) => frames.push(frame.type),
        outbox: () => {},
        returned: () => (returns += 1),
    });
    messenger.start();
}"""
HELLO = '{"type":"hello","user":{"id":"1","name":"alice"},"threads":{}}'
NO_ANSWER = """{
    const ask = fetch;
    window.fetch = (url, given) => given.body ? new Promise(() => {}) : ask(url, given);
}"""
TEN_MINUTES = 600_000  # ms


class Station:
    def __init__(self, page, clock):
        self.page, self.clock = page, clock
        self.bar = page.get_by_role("status")

    def see(self, expression):
        return self.page.evaluate(f"() => {expression}")

    def hear(self, raw):
        self.page.evaluate("raw => sockets.at(-1).onmessage({ data: raw })", raw)

    def welcome(self):
        self.hear(HELLO)

    def write(self, *texts, thread=7):
        for text in texts:
            self.see(f"messenger.outbox.add({thread}, {text!r})")

    def run(self, milliseconds):
        """In steps, so that what is asked is answered on the way."""
        for _ in range(milliseconds // 500):
            self.clock.run_for(500)

    def run_until_it_tries(self):
        tried = self.see("sockets.length")
        for _ in range(31):  # seconds; the longest pause
            self.run(1_000)
            if self.see("sockets.length") > tried:
                return
        raise AssertionError("It did not try again.")

    @property
    def phase(self):
        return self.see("messenger.phase")

    @property
    def waiting(self):
        return [item["text"] for item in self.see("messenger.outbox.items()")]


@pytest.fixture
def begin(scripts, clock):
    def begin(*, blocked):
        scripts.evaluate(SET_UP, blocked)
        return Station(scripts, clock)

    return begin


@pytest.fixture
def open_(begin):
    station = begin(blocked=False)
    station.welcome()
    assert station.phase == "open"
    return station


@pytest.fixture
def polling(begin):
    station = begin(blocked=True)
    station.run(12_000)
    assert station.phase == "polling"
    return station


class TestBlocked:
    def test_goes_on_without_sockets_after_six_seconds(self, begin):
        station = begin(blocked=True)
        station.write("hello")
        station.run(5_000)
        assert (station.see("sockets.length >= 3"), station.see("questions")) == (True, 0)
        assert station.phase == "waiting"
        station.run(7_000)
        assert station.phase == "polling"
        expect(station.bar).to_contain_text("Live connection is blocked here.")
        assert station.see("frames")[0] == "hello"
        assert station.see("posts") == ["hello"]

    def test_handshakes_without_a_frame_are_no_connection(self, begin):
        station = begin(blocked=False)
        station.run(29_000)
        assert (station.see("sockets.length"), station.see("questions")) == (3, 0)
        station.run(6_000)
        assert station.phase == "polling"

    def test_is_lost_where_the_pages_do_not_answer_either(self, begin):
        station = begin(blocked=True)
        station.see("window.away = true")
        station.run(60_000)
        assert station.see("questions") >= 1
        assert station.phase in {"waiting", "connecting"}
        expect(station.bar).to_contain_text("The connection is lost.")
        station.see("window.away = false")
        station.run(31_000)
        assert station.phase == "polling"

    def test_one_connection_that_held_is_no_block(self, open_):
        for _ in range(5):
            open_.see("sockets.at(-1).onclose({ code: 1006 })")
            open_.run(1_500)
            open_.welcome()
            open_.run(3_000)
        assert (open_.see("questions"), open_.phase) == (0, "open")

    def test_a_network_that_lets_no_socket_through_any_more(self, open_):
        open_.see("window.blocked = true")
        open_.see("sockets.at(-1).onclose({ code: 1006 })")
        open_.run(14_000)
        assert open_.phase == "polling"

    def test_who_is_signed_out_is_told(self, begin):
        station = begin(blocked=True)
        station.see("window.verdict = 401")
        station.run(8_000)
        assert station.see("sessionStorage.getItem('privatemessages.signin')") == "yes"


class TestPolling:
    def test_messages_go_out_in_their_order(self, polling):
        polling.write("one", "two", "three")
        polling.write("elsewhere", thread=8)
        polling.run(1_000)
        posts = polling.see("posts")
        assert [text for text in posts if text != "elsewhere"] == ["one", "two", "three"]
        assert (len(posts), polling.waiting) == (4, [])

    def test_nothing_is_sent_again_because_heads_were_asked_for(self, polling):
        polling.see(NO_ANSWER)
        polling.write("slow")
        polling.run(30_000)
        assert polling.waiting == ["slow"]
        assert polling.see("frames").count("heads") >= 5

    def test_what_fails_goes_out_later_once(self, polling):
        polling.see("window.verdict = 503")
        polling.write("one", "two")
        polling.run(6_000)
        assert polling.waiting == ["one", "two"]
        expect(polling.bar).to_have_text(re.compile("The connection is lost. 2 messages wait."))
        polling.see("window.verdict = 200")
        polling.run(30_000)
        assert (polling.see("posts"), polling.waiting) == (["one", "two"], [])
        assert polling.phase == "polling"

    def test_takes_nothing_while_nothing_answers(self, polling):
        frame = """messenger.transmit('{"type":"typing","thread":7}')"""
        assert polling.see(frame)
        polling.see("window.away = true")
        polling.run(5_000)
        assert not polling.see(frame)

    def test_sockets_are_tried_meanwhile_and_taken_when_they_come_through(self, polling):
        tried = polling.see("sockets.length")
        polling.run(120_000)
        assert polling.see("sockets.length") > tried
        assert polling.phase == "polling"
        polling.see("window.blocked = false")
        polling.run_until_it_tries()
        polling.welcome()
        assert polling.phase == "open"
        expect(polling.bar).to_contain_text("Back.")
        asked = polling.see("questions")
        polling.write("by the socket")
        polling.run(2_500)
        assert polling.see("sockets.at(-1).sent.map(({ text }) => text)") == ["by the socket"]
        assert polling.see("questions") == asked
        expect(polling.page.locator("#pm-connection")).to_be_hidden()

    def test_trying_now_tries_the_socket_and_asks(self, polling):
        asked = polling.see("questions")
        polling.see("dispatchEvent(new Event('online'))")
        polling.run(500)
        assert polling.see("questions") == asked + 1


class TestSleep:
    def test_a_machine_that_slept_connects_at_once(self, open_, clock):
        clock.fast_forward(TEN_MINUTES)
        open_.run(500)
        assert open_.see("[sockets.length, sockets[0].closed]") == [2, True]
        open_.welcome()
        assert (open_.phase, open_.see("returns")) == ("open", 1)
        expect(open_.page.locator("#pm-connection")).to_be_hidden()

    def test_a_connection_that_was_tried_for_before_the_sleep_is_tried_for_anew(self, begin, clock):
        station = begin(blocked=False)
        clock.fast_forward(TEN_MINUTES)
        station.run(1_000)
        assert station.see("[sockets.length >= 2, sockets[0].closed]") == [True, True]

    def test_a_page_that_was_refused_stays_so(self, open_, clock):
        open_.see("sockets[0].onclose({ code: 4503 })")
        clock.fast_forward(TEN_MINUTES)
        open_.run(1_000)
        assert (open_.phase, open_.see("sockets.length")) == ("stopped", 1)

    def test_a_hidden_tab_that_ticks_once_a_minute_keeps_its_connection(self, open_, clock):
        open_.see("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })")
        for _ in range(10):
            clock.fast_forward(60_000)
            open_.hear('{"type":"pong"}')
        assert (open_.phase, open_.see("sockets.length")) == ("open", 1)


class TestTryNow:
    def test_connects_at_once_and_begins_with_short_pauses_again(self, open_):
        open_.see("window.blocked = true")
        open_.see("window.away = true")
        open_.see("sockets.at(-1).onclose({ code: 1006 })")
        open_.run(70_000)
        open_.see("window.blocked = false")
        assert open_.phase == "waiting"
        tried = open_.see("sockets.length")
        open_.bar.get_by_role("button", name="Try now").click()
        assert open_.see("sockets.length") == tried + 1
        expect(open_.bar.get_by_role("button")).to_have_text("Trying…")
        open_.see("sockets.at(-1).onclose({ code: 1006 })")
        open_.run(1_500)
        assert open_.see("sockets.length") == tried + 2

    def test_gives_up_an_attempt_that_hangs(self, begin):
        station = begin(blocked=False)
        station.run(10_500)
        station.run(3_000)
        tried = station.see("sockets.length")
        assert station.phase == "connecting"
        station.bar.get_by_role("button", name="Try now").click()
        assert station.see("sockets.length") == tried + 1
        assert station.see("sockets.at(-2).closed")


def test_a_thread_that_fails_holds_up_no_other(open_):
    open_.write("there", thread=7)
    open_.write("here", thread=8)
    item = open_.see("messenger.outbox.items()[0].id")
    for code in ("unavailable", "conflict", "not_found"):
        open_.hear(f'{{"type":"error","id":"{item}","code":"{code}","retry_after":5000}}')
        open_.write(f"after {code}", thread=8)
        here = open_.see("messenger.outbox.items().find(({ text }) => text === 'here')?.id")
        if here:
            open_.hear(f'{{"type":"accepted","thread":8,"id":"{here}"}}')
    sent = open_.see("sockets.at(-1).sent.map(({ text }) => text)")
    assert sent[:3] == ["there", "here", "after unavailable"]


def test_nothing_goes_out_before_hello(begin):
    station = begin(blocked=False)
    assert not station.see("messenger.transmit('{}')")
    assert station.see("sockets[0].sent") == []


def test_nothing_goes_out_by_the_connection_of_somebody_else(begin):
    station = begin(blocked=False)
    station.hear(HELLO.replace('"id":"1"', '"id":"2"'))
    assert station.see("messenger.transmit('{}')") is False
    assert station.see("[frames, sockets.at(-1).sent]") == [[], []]
    expect(station.bar).to_contain_text("You are signed out here.")
