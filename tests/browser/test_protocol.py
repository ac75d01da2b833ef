"""The protocol in Chromium, compared with the server's own."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages import protocol
from privatemessages.errors import MessengerError
from tests.browser.generated import drawn

CALL = """async ([name, ...values]) => {
    const found = (await import("/protocol.js"))[name];
    return typeof found === "function" ? found(...values) : found;
}"""

SENDER = protocol.Sender(id="1", name="alice")
MESSAGE = {"thread": 1, "sender": SENDER, "id": "x", "text": "hello", "sent_at": 5}
HEAD = protocol.Head(version=3, read=2)
EVENT = protocol.Happening(code="added", person=SENDER, members=2)
THREAD = {
    "thread": 1,
    "version": 3,
    "title": "tea",
    "slug": None,
    "topic": "",
    "public": False,
    "closed": False,
    "cleared": 0,
}
FRAMES = [
    protocol.Hello(user=SENDER, heartbeat=25, threads={"1": HEAD}),
    protocol.MessageFrame(**MESSAGE),
    protocol.MessageFrame(**MESSAGE | {"sender": None, "seq": 3, "version": 3, "reply_to": 1}),
    protocol.MessageFrame(**MESSAGE | {"kind": "action"}),
    protocol.MessageFrame(**MESSAGE | {"kind": "event", "event": EVENT}),
    protocol.Accepted(thread=1, id="x"),
    protocol.Stored(thread=1, messages=[protocol.StoredEntry(sender="1", id="x", seq=3)]),
    protocol.Refused(thread=1, sender="1", id="x", code="may_not_post"),
    protocol.Heads(threads={"1": HEAD}),
    protocol.ReadFrame(thread=1, user="1", seq=3),
    protocol.Joined(thread=1, head=HEAD),
    protocol.Removed(thread=1),
    protocol.ThreadFrame(**THREAD),
    protocol.ThreadFrame(**THREAD | {"slug": "tea", "topic": "Tea", "closed": True, "cleared": 3}),
    protocol.Rights(thread=1, role="member", may_post=True, muted_until=None),
    protocol.Rights(thread=1, role="owner", may_post=False, muted_until=5),
    protocol.Notice(thread=1, text="Done."),
    protocol.Notice(thread=1, text="No.", id="x", code="forbidden"),
    protocol.ErrorFrame(id="x", code="rate_limited", detail="Too many.", retry_after=5),
    protocol.Pong(),
]


@pytest.fixture
def call(scripts):
    return lambda *words: scripts.evaluate(CALL, words)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.type)
def test_reads_what_the_server_writes(call, frame):
    raw = protocol.encode(frame).decode()
    assert call("parse", raw) == json.loads(raw)


@pytest.mark.parametrize(
    "raw",
    [
        *("", "null", "[]", "7", '"hello"', "{", '{"type":"constructor"}', '{"type":"tomorrow"}'),
        '{"type":"hello","user":{"id":1},"threads":{}}',
        '{"type":"message","thread":1,"id":"x","text":"hello"}',
        '{"type":"stored","thread":1,"messages":[{"id":"x"}]}',
        '{"type":"heads","threads":{"1":null}}',
        '{"type":"thread","thread":1,"version":3,"title":"tea","topic":"","cleared":0}',
        '{"type":"rights","thread":1,"may_post":true,"muted_until":"now"}',
        '{"type":"notice","thread":1}',
        None,
    ],
)
def test_ignores_what_it_cannot_rely_on(call, raw):
    assert call("parse", raw) is None


exact = st.integers(-(2**53), 2**53)  # as far as JavaScript counts
values = st.none() | exact | st.text()
names = st.text(max_size=9).filter(lambda name: name != "__proto__")  # is lost on the way back here


@drawn(200)
@given(frame=st.sampled_from(FRAMES), field=names, value=values)
def test_no_frame_breaks_it(scripts, frame, field, value):
    content = json.loads(protocol.encode(frame))
    for name in (field, *content):
        raw = json.dumps(content | {name: value})
        assert scripts.evaluate(CALL, ["parse", raw]) in (None, json.loads(raw))


def test_writes_what_the_server_reads(call):
    identity = "0b0e7a52-9d0c-4f0e-8a54-3d1f1f7f8f11"
    raw = call("send", {"id": identity, "thread": 7, "text": "hello", "owner": "tab"})
    frame = protocol.check(protocol.load(raw))
    assert frame == protocol.Send(type="send", id=identity, thread=7, text="hello")
    raw = call("command", {"id": identity, "thread": 7, "text": "/who"})
    frame = protocol.check(protocol.load(raw))
    assert frame == protocol.Send(type="send", id=identity, thread=7, text="/who")
    frame = protocol.check(protocol.load(call("read", 7, 3)))
    assert frame == protocol.Read(type="read", thread=7, seq=3)
    assert protocol.check(protocol.load(call("ping"))) == protocol.Ping(type="ping")
    assert call("SUBPROTOCOL") == protocol.SUBPROTOCOL


@pytest.mark.parametrize("written", ["hello", "/who", "//who", "///", "/", "a /b", "1/2"])
def test_takes_the_same_for_a_command_as_the_server(call, written):
    assert call("isCommand", written) == protocol.is_command(written)
    assert call("literal", written) == protocol.unescape(written)


@pytest.mark.parametrize("meant", ["hello", "/who", "//who", "a /b"])
def test_what_is_meant_as_a_text_arrives_as_that_text(call, meant):
    identity = "0b0e7a52-9d0c-4f0e-8a54-3d1f1f7f8f11"
    frame = protocol.check(
        protocol.load(call("send", {"id": identity, "thread": 7, "text": meant}))
    )
    assert not protocol.is_command(frame.text)
    assert protocol.unescape(frame.text) == meant


@drawn(200)
@given(text=st.text(max_size=30))
def test_finds_the_same_fault_with_a_text_as_the_server(scripts, text):
    stripped = text.strip()
    expected = verdict(stripped)
    assert scripts.evaluate(CALL, ["problemWith", stripped, protocol.TEXT_LIMIT]) == expected


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "x" * 10_001, "😀" * 10_000, "😀" * 10_001, "a\0b", ""], ids=len
)
def test_counts_code_points_as_the_server_does(call, text):
    assert call("problemWith", text, protocol.TEXT_LIMIT) == verdict(text)


def verdict(text):
    try:
        protocol.clean_text(text)
    except MessengerError as error:
        return error.code
    return None


def test_lone_surrogates_are_not_sent(scripts):
    found = "async () => (await import('/protocol.js')).problemWith('a\\ud800b', 100)"
    assert scripts.evaluate(found) == "bad_text"


@pytest.mark.parametrize(
    ("code", "act", "wait", "too_large"),
    [
        *(
            (code, "reconnect", 0, False)
            for code in (1000, 1001, 1006, 1011, 1012, 4000, 4003, 4499)
        ),
        (1009, "reconnect", 0, True),
        (4005, "reconnect", 30_000, False),
        (4501, "sign_in", 1_000, False),
        (4504, "use_here", 0, False),
        *((code, "stop", 0, False) for code in (4500, 4503, 4999)),
    ],
)
def test_close_codes_are_a_policy(call, code, act, wait, too_large):
    assert call("afterClose", code) == {"act": act, "wait": wait, "tooLarge": too_large}


def test_backs_off_with_full_jitter_up_to_half_a_minute(call):
    longest = [call("backoff", attempt, 1) for attempt in range(8)]
    assert longest == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
    assert call("backoff", 3, 0) == 0
    assert call("backoff", 3, 0.5) == 2_000
    assert call("backoff", 10_000, 1) == 30_000
