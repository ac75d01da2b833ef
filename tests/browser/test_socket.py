"""The connection in Chromium, on a clock that the tests move and with sockets that they answer."""

import pytest

SET_UP = """async () => {
    const { Connection } = await import("/socket.js");
    window.sockets = [];
    window.phases = [];
    window.frames = [];
    window.lost = [];
    window.late = false;
    window.WebSocket = class {
        static OPEN = 1;
        readyState = 1;
        sent = [];
        constructor(url, protocol) { Object.assign(this, { url, protocol }); sockets.push(this); }
        send(frame) { this.sent.push(JSON.parse(frame).type); }
        close() { this.closed = true; }
    };
    Math.random = () => 1; // the longest wait that the jitter allows
    window.connection = new Connection("ws://somewhere/ws/", {
        phase: (phase) => phases.push(phase),
        frame: (frame) => frames.push(frame.type),
        lost: (tooLarge) => lost.push(tooLarge),
        isAnswerLate: () => late,
    });
    connection.open();
}"""

HELLO = '{"type":"hello","user":{"id":"1","name":"alice"},"threads":{}}'


class Wire:
    def __init__(self, page):
        self.page = page

    def see(self, expression):
        return self.page.evaluate(f"() => {expression}")

    def hear(self, raw):
        self.page.evaluate("raw => sockets.at(-1).onmessage({ data: raw })", raw)

    def close(self, code):
        self.page.evaluate("code => sockets.at(-1).onclose({ code })", code)

    def welcome(self):
        self.hear(HELLO)

    @property
    def attempts(self):
        return self.see("sockets.length")

    @property
    def phase(self):
        return self.see("phases.at(-1)")

    @property
    def pings(self):
        return self.see("sockets.at(-1).sent").count("ping")


@pytest.fixture
def wire(scripts, clock):
    scripts.evaluate(SET_UP)
    return Wire(scripts)


def test_asks_for_its_protocol_and_is_open_from_hello_on(wire):
    assert wire.see("sockets[0].protocol") == "privatemessages.v1"
    assert wire.phase == "connecting"
    wire.welcome()
    assert wire.phase == "open"
    assert wire.see("frames") == ["hello"]


@pytest.mark.parametrize("code", [1001, 1006, 1011, 1012, 4000, 4003, 4499])
def test_reconnects_later_and_later_up_to_half_a_minute(wire, clock, code):
    for number, wait in enumerate([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000], 1):
        wire.close(code)
        assert wire.phase == "waiting"
        clock.run_for(wait - 10)
        assert wire.attempts == number
        clock.run_for(20)
        assert wire.attempts == number + 1


@pytest.mark.parametrize(("quiet", "wait"), [(29_000, 1_000), (31_000, 500)])
def test_begins_with_short_waits_again_after_half_a_minute_of_quiet(wire, clock, quiet, wait):
    wire.close(1006)
    clock.run_for(600)
    wire.welcome()
    for _ in range(quiet // 1000):
        clock.run_for(1_000)
        wire.hear('{"type":"pong"}')
    wire.close(1006)
    clock.run_for(wait - 10)
    assert wire.attempts == 2
    clock.run_for(20)
    assert wire.attempts == 3


def test_waits_half_a_minute_and_more_after_a_flood(wire, clock):
    wire.close(4005)
    clock.run_for(30_000)
    assert wire.attempts == 1
    clock.run_for(1_000)
    assert wire.attempts == 2


def test_tries_once_more_before_it_says_that_the_person_is_signed_out(wire, clock):
    wire.welcome()
    for _ in range(2):  # two sign-outs that have nothing to do with each other
        wire.close(4501)
        assert wire.phase == "waiting"
        clock.run_for(1_100)
        wire.welcome()
    wire.close(4501)
    clock.run_for(1_100)
    wire.close(4501)
    assert wire.phase == "signed_out"
    clock.run_for(100_000)
    assert wire.attempts == 4


@pytest.mark.parametrize("code", [4500, 4503, 4999])
def test_stops_where_it_is_not_allowed(wire, clock, code):
    wire.close(code)
    assert wire.phase == "stopped"
    clock.run_for(100_000)
    assert wire.attempts == 1


def test_with_too_many_sockets_waits_for_the_person_to_choose_this_one(wire, clock):
    wire.close(4504)
    assert wire.phase == "elsewhere"
    clock.run_for(100_000)
    assert wire.attempts == 1
    wire.see("connection.open()")
    assert wire.attempts == 2


def test_tells_that_a_frame_was_too_large(wire):
    wire.close(1009)
    assert wire.see("lost") == [True]
    assert wire.phase == "waiting"


def test_asks_after_ten_seconds_of_silence_and_gives_up_after_three_more(wire, clock):
    wire.welcome()
    clock.run_for(9_500)
    assert wire.pings == 0
    clock.run_for(1_000)
    assert wire.pings == 1
    clock.run_for(2_000)
    assert wire.phase == "open"
    clock.run_for(1_500)
    assert wire.phase in {"silent", "connecting"}
    assert "silent" in wire.see("phases")
    assert wire.see("[lost, sockets[0].closed]") == [[False], True]


def test_any_frame_is_an_answer(wire, clock):
    wire.welcome()
    clock.run_for(10_500)
    wire.hear('{"type":"accepted","thread":1,"id":"x"}')
    clock.run_for(9_000)
    assert (wire.phase, wire.pings) == ("open", 1)
    clock.run_for(1_500)
    assert wire.pings == 2


@pytest.mark.parametrize("reason", ["connection.doubt()", "late = true"])
def test_asks_at_once_when_there_is_reason_to_doubt(wire, clock, reason):
    wire.welcome()
    wire.see(reason)
    clock.run_for(300)
    assert wire.pings == 1
    clock.run_for(3_200)
    assert "silent" in wire.see("phases")


def test_a_doubt_while_it_waits_connects_at_once(wire, clock):
    for wait in (600, 1_100, 2_100):
        wire.close(1006)
        clock.run_for(wait)
    wire.close(1006)
    wire.see("connection.doubt()")
    assert wire.attempts == 5


def test_a_server_that_never_says_hello_is_given_up(wire, clock):
    clock.run_for(9_800)
    assert wire.attempts == 1
    clock.run_for(1_000)
    assert wire.attempts == 2


def test_what_a_given_up_socket_still_says_is_not_heard(wire, clock):
    wire.welcome()
    wire.see("connection.lose()")
    assert wire.see("[sockets[0].onmessage, sockets[0].onclose]") == [None, None]
