"""Going on without sockets: the JSON API, answered by the tests, on a clock that they move."""

import pytest

# What is asked waits in `asked` for the test's answer; only `heads` answers by itself.
SET_UP = """async () => {
    const { ApiError } = await import("/api.js");
    const { Polling } = await import("/polling.js");
    const { send, command, read, ping } = await import("/protocol.js");
    Object.assign(window, { ApiError, send, command, read, ping });
    Object.assign(window, { frames: [], phases: [], asked: [], questions: 0 });
    window.heads = { user: { id: "1", name: "alice" }, threads: { 7: { version: 3, read: 2 } } };
    const ask = (call, ...given) =>
        new Promise((answer, refuse) => asked.push({ call, given, answer, refuse }));
    window.api = {
        heads: async () => {
            questions += 1;
            if (heads instanceof Error) throw heads;
            return structuredClone(heads);
        },
        send: (message) => ask("send", message),
        command: (thread, text) => ask("command", thread, text),
        read: (thread, seq) => ask("read", thread, seq),
    };
    const frame = (told) => frames.push(told);
    window.polling = new Polling(api, "1", { frame, phase: (phase) => phases.push(phase) });
    polling.begin(await api.heads());
    questions = 0;
}"""

ANSWER = """([number, answer]) => asked[number].answer(answer)"""
REFUSE = """([number, status, code]) => asked[number].refuse(
    status ? new ApiError(status, code) : new TypeError("no network"))"""
STORED = {"thread": 7, "sender": {"id": "1", "name": "alice"}, "kind": "text", "sent_at": 1}


class Link:
    def __init__(self, page, clock):
        self.page, self.clock = page, clock

    def see(self, expression):
        return self.page.evaluate(f"() => {expression}")

    def write(self, text, name="a", thread=7):
        message = {"id": name, "thread": thread, "text": text}
        return self.page.evaluate("message => polling.send(send(message))", message)

    def read(self, seq):
        return self.see(f"polling.send(read(7, {seq}))")

    def answer(self, number, **answer):
        self.page.evaluate(ANSWER, [number, answer])

    def stores(self, number, name, seq):
        self.answer(number, **STORED, id=name, text="", seq=seq, version=seq)

    def refuse(self, number, status, code=""):
        self.page.evaluate(REFUSE, [number, status, code])

    def knows(self, **threads):
        self.page.evaluate("threads => heads.threads = threads", threads)

    def fails(self, status=0):
        error = f"new ApiError({status}, '')" if status else "new TypeError('no network')"
        self.page.evaluate(f"() => {{ window.answers = heads; heads = {error}; }}")

    def recovers(self):
        self.page.evaluate("() => { heads = answers; }")

    @property
    def frames(self):
        """Those since the last look."""
        return self.see("frames.splice(0)")

    def told(self, kind):
        [frame] = [frame for frame in self.frames if frame["type"] == kind]
        return frame

    @property
    def kinds(self):
        return [frame["type"] for frame in self.frames]

    @property
    def asked(self):
        return self.see("asked.map(({ call, given }) => [call, ...given])")


@pytest.fixture
def link(scripts, clock):
    scripts.evaluate(SET_UP)
    return Link(scripts, clock)


@pytest.fixture
def greeted(link):
    assert link.kinds == ["hello"]
    return link


def test_begins_as_a_connection_does(link):
    [hello] = link.frames
    assert hello == {
        "type": "hello",
        "user": {"id": "1", "name": "alice"},
        "threads": {"7": {"version": 3, "read": 2}},
        "polled": True,
    }
    assert link.see("phases") == ["polling"]


def test_asks_every_four_seconds_while_it_is_seen(greeted, clock):
    clock.run_for(3_900)
    assert greeted.see("questions") == 0
    clock.run_for(200)
    assert greeted.frames == [
        {"type": "heads", "threads": {"7": {"version": 3, "read": 2}}, "polled": True}
    ]
    clock.run_for(40_000)
    assert greeted.see("questions") == 11


def test_asks_every_fifteen_seconds_while_it_is_hidden(greeted, clock):
    greeted.see("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })")
    clock.run_for(4_100)  # asked for while it was seen
    clock.run_for(60_000)
    assert greeted.see("questions") == 5


def test_tells_which_threads_came_and_went_and_what_was_read_elsewhere(greeted, clock):
    greeted.knows(**{"8": {"version": 1, "read": 0}, "7": {"version": 3, "read": 3}})
    clock.run_for(4_100)
    joined, heads, read = greeted.frames
    assert joined == {"type": "joined", "thread": 8, "head": {"version": 1, "read": 0}}
    assert heads["type"] == "heads"
    assert read == {"type": "read", "thread": 7, "user": "1", "seq": 3}
    greeted.knows(**{"8": {"version": 1, "read": 0}})
    clock.run_for(4_100)
    assert greeted.frames[0] == {"type": "removed", "thread": 7}


def test_a_message_is_stored_and_told_as_the_server_tells_it(greeted):
    assert greeted.write("hello")
    assert greeted.asked == [["send", {"thread": 7, "id": "a", "text": "hello"}]]
    greeted.stores(0, "a", 4)
    [frame] = greeted.frames
    assert (frame["type"], frame["id"], frame["seq"]) == ("message", "a", 4)


@pytest.mark.parametrize("text", ["/who is it", "//", "a/b", "plain"])
def test_the_text_goes_as_it_was_written(greeted, text):
    greeted.write(text)
    assert greeted.asked == [["send", {"thread": 7, "id": "a", "text": text}]]


def test_one_message_of_a_thread_is_on_its_way(greeted):
    assert greeted.write("one", "a")
    assert not greeted.write("two", "b")
    assert greeted.write("one", "a")  # the courier's patience ended: it is on its way already
    assert greeted.write("elsewhere", "c", thread=8)
    assert [call[1]["id"] for call in greeted.asked] == ["a", "c"]
    greeted.stores(0, "a", 4)
    assert greeted.write("two", "b")
    assert [call[1]["id"] for call in greeted.asked] == ["a", "c", "b"]


@pytest.mark.parametrize(
    ("status", "given", "told"),
    [
        (0, "", "unavailable"),
        (500, "error", "unavailable"),
        (503, "unavailable", "unavailable"),
        (502, "Bad Gateway", "unavailable"),
        (429, "Too Many Requests", "rate_limited"),
        (404, "not_found", "not_found"),
        (403, "may_not_post", "may_not_post"),
        (400, "too_long", "too_long"),
    ],
)
def test_what_fails_is_told_as_a_socket_tells_it(greeted, status, given, told):
    greeted.write("hello")
    greeted.refuse(0, status, given)
    error = greeted.told("error")
    assert (error["id"], error["code"], error["retry_after"]) == ("a", told, 4_000)
    assert greeted.write("hello")  # again


def test_a_command_is_carried_out_and_answered(greeted):
    assert greeted.see("polling.send(command({ id: 'c', thread: 7, text: '/who' }))")
    assert greeted.asked == [["command", 7, "/who"]]
    greeted.answer(0, text="alice, bob", code=None)
    notice = {"type": "notice", "thread": 7, "id": "c", "text": "alice, bob", "code": None}
    assert greeted.frames[0] == notice


def test_a_command_that_fails_is_answered_and_not_repeated(greeted, clock):
    greeted.see("polling.send(command({ id: 'c', thread: 7, text: '/who' }))")
    greeted.refuse(0, 503, "unavailable")
    assert greeted.told("error")["code"] == "unavailable"
    clock.run_for(100_000)
    assert len(greeted.asked) == 1


def test_what_was_read_is_stored_and_told(greeted):
    assert greeted.read(3)
    assert greeted.asked == [["read", 7, 3]]
    greeted.answer(0, seq=3)
    assert greeted.frames == [{"type": "read", "thread": 7, "user": "1", "seq": 3}]


def test_a_mark_that_was_not_stored_is_tried_again_and_never_goes_back(greeted, clock):
    greeted.read(3)
    greeted.read(2)
    greeted.refuse(0, 503)
    greeted.refuse(1, 503)
    clock.run_for(4_100)
    assert greeted.asked == [["read", 7, 3]] * 3
    greeted.answer(2, seq=3)
    clock.run_for(4_100)
    assert len(greeted.asked) == 3


def test_a_mark_that_is_refused_is_given_up(greeted, clock):
    greeted.read(3)
    greeted.refuse(0, 404, "not_found")
    clock.run_for(8_100)
    assert len(greeted.asked) == 1


@pytest.mark.parametrize("frame", ["ping()", "JSON.stringify({ type: 'typing', thread: 7 })"])
def test_what_only_sockets_carry_is_dropped(greeted, frame):
    assert greeted.see(f"polling.send({frame})")
    assert greeted.asked == []


def test_a_network_that_fails_is_asked_less_and_less_and_greeted_again(greeted, clock):
    greeted.fails()
    clock.run_for(4_100)
    assert greeted.see("phases") == ["polling", "waiting"]
    assert not greeted.write("hello")
    clock.run_for(7_800)
    assert greeted.see("questions") == 1
    clock.run_for(400)
    assert greeted.see("questions") == 2
    clock.run_for(600_000)
    assert 10 <= greeted.see("questions") <= 14
    greeted.recovers()
    greeted.see("polling.look()")
    assert greeted.kinds == ["hello"]
    assert greeted.see("phases") == ["polling", "waiting", "polling"]
    assert greeted.write("hello")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_is_no_sign_out(greeted, clock, status):
    greeted.fails(status)
    clock.run_for(4_100)
    assert greeted.see("phases") == ["polling", "waiting"]


def is_over(link, clock, phase):
    asked = link.see("questions")
    clock.run_for(100_000)
    ended = link.see("phases.at(-1)") == phase and link.see("questions") == asked
    return ended and not link.write("hello", "z")


def test_says_that_the_person_is_signed_out(greeted, clock):
    greeted.fails(401)
    clock.run_for(4_100)
    assert is_over(greeted, clock, "signed_out")


def test_a_message_that_nobody_signed_in_may_send_asks_who_is_signed_in(greeted, clock):
    greeted.write("hello")
    greeted.fails(401)
    greeted.refuse(0, 401, "not_signed_in")
    assert is_over(greeted, clock, "signed_out")


def test_does_not_go_on_as_another_person(greeted, clock):
    greeted.see("heads.user.id = '2'")
    clock.run_for(4_100)
    assert is_over(greeted, clock, "signed_out")
    assert greeted.frames == []


def test_stops_where_the_page_is_of_an_older_session(greeted, clock):
    greeted.write("hello")
    greeted.refuse(0, 403, "forbidden")
    assert is_over(greeted, clock, "stopped")


def test_what_is_answered_after_its_end_is_not_told(greeted, clock):
    greeted.write("hello")
    greeted.see("polling.stop()")
    greeted.stores(0, "a", 4)
    assert greeted.frames == []
    assert is_over(greeted, clock, "polling")
