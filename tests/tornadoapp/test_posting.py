"""The road to Django, against servers that answer everything but what they should."""

import asyncio
import json
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from tornado.httpclient import AsyncHTTPClient

from privatemessages import conf, protocol
from privatemessages.broker.entries import Entry
from privatemessages.tornadoapp.endpoints import Caller, CallFailed, Endpoint
from privatemessages.tornadoapp.posting import Posting
from privatemessages.tornadoapp.reads import ReadMark
from tests.broker.running import asynchronous

KEY = "a key of the tests"


def entry(number=1):
    message = protocol.MessageFrame(
        thread=number,
        sender=protocol.Sender(id="7", name="Alice"),
        id=str(uuid4()),
        text="héllo",
        sent_at=1_700_000_000_000,
        reply_to=3,
    )
    return Entry(f"{number}-0", number, protocol.encode(message))


def answer(status, body=b"", *headers):
    head = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def ours(*results):
    return json.dumps({"results": list(results)}).encode()


STORED = {"status": "stored", "seq": 5, "code": None}


def posting_to(url, client, timeout=2, **more):
    endpoint = Endpoint(url, "SEND_MESSAGE_API_URL", timeout)
    return Posting(Caller(conf.Settings(API_KEY=KEY, **more), client, endpoint))


class Server:
    def __init__(self):
        self.requests = []
        self.reply = b""
        self.port = 0

    async def take(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode().lower().split("\r\n")
            length = next(int(line[16:]) for line in lines if line.startswith("content-length: "))
            self.requests.append((head.decode(), await reader.readexactly(length)))
            writer.write(self.reply)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def django(reply, **more):
    """A server that answers with these bytes, and the way to it."""
    serving = Server()
    serving.reply = reply
    server = await asyncio.start_server(serving.take, "127.0.0.1", 0)
    serving.port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{serving.port}/save/"
    client = AsyncHTTPClient(force_instance=True)
    try:
        yield serving, posting_to(url, client, **more)
    finally:
        client.close()
        server.close()
        await asyncio.sleep(0.02)


@asynchronous
async def test_a_batch_goes_with_the_key_and_is_answered_in_order():
    answers = ours(
        STORED, {"status": "refused", "code": "not_found"}, {"status": "duplicate", "seq": 2}
    )
    async with django(answer(200, answers), SAVE_HOST="chat.example.com") as (server, posting):
        entries = [entry(number) for number in (1, 2, 3)]
        found = await posting.post(entries, [ReadMark(4, "7", 9, 1_700_000_000_000)])

    assert [(one.status, one.seq, one.code) for one in found] == [
        ("stored", 5, None),
        ("refused", None, "not_found"),
        ("duplicate", 2, None),
    ]
    [(head, body)] = server.requests
    assert head.startswith("POST /save/ HTTP/1.1")
    assert f"Authorization: Bearer {KEY}" in head
    assert "Host: chat.example.com" in head
    assert "Content-Type: application/json" in head
    sent = json.loads(body)
    assert sent["reads"] == [{"thread": 4, "user": "7", "seq": 9, "at": 1_700_000_000_000}]
    assert sent["messages"][0] == {
        "thread": 1,
        "sender": "7",
        "id": entries[0].message.id,
        "text": "héllo",
        "kind": "text",
        "sent_at": 1_700_000_000_000,
        "reply_to": 3,
    }


NOT_OURS = [
    b"",
    b"x",
    b"{}",
    b"[]",
    b"null",
    b'{"results": null}',
    b'{"results": {}}',
    b'{"results": [1]}',
    b'{"results": [{}]}',
    b'{"results": [{"status": "lost"}]}',
    b'{"results": [{"status": "stored", "seq": "x"}]}',
    b"\xff\xfe",
    b"[" * 50_000,
    b"<html>It works!</html>",
]
BROKEN = [
    b"",
    b"nonsense\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n",
    b"HTTP/1.1 999\r\n\r\n",
    b"HTTP/9.9 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n broken\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nA: \xff\x00\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nSet-Cookie: =\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
]


@pytest.mark.parametrize("body", NOT_OURS)
@asynchronous
async def test_an_answer_that_is_not_ours_is_a_failure(body):
    async with django(answer(200, body)) as (server, posting):
        with pytest.raises(CallFailed):
            await posting.post([entry()], [])
    assert len(server.requests) == 1


@pytest.mark.parametrize("reply", BROKEN)
@asynchronous
async def test_an_answer_that_is_not_http_is_a_failure(reply):
    async with django(reply) as (server, posting):
        with pytest.raises(CallFailed) as caught:
            await posting.post([entry()], [])
    assert not caught.value.answered
    assert len(server.requests) == 1


@pytest.mark.parametrize("count", [0, 1, 3])
@asynchronous
async def test_an_answer_of_another_length_is_a_failure(count):
    async with django(answer(200, ours(*[STORED] * count))) as (_, posting):
        with pytest.raises(CallFailed):
            await posting.post([entry(1), entry(2)], [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@asynchronous
async def test_a_redirect_is_never_followed(status):
    async with django(answer(200, ours(STORED))) as (elsewhere, _):
        there = f"Location: http://127.0.0.1:{elsewhere.port}/"
        async with django(answer(status, b"", there)) as (_, posting):
            with pytest.raises(CallFailed) as caught:
                await posting.post([entry()], [])
        assert not caught.value.answered
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("status", "body", "answered"),
    [
        (400, b'{"code": "malformed", "detail": ""}', True),
        (401, b'{"code": "bad_key", "detail": ""}', True),
        (500, b'{"code": "unavailable", "detail": ""}', True),
        (503, b'{"code": "unavailable", "detail": ""}', False),
        (404, b"<h1>Not Found</h1>", False),
        (413, b"", False),
        (500, b"<h1>Server Error</h1>", False),
        (502, b"", False),
        (504, b"[]", False),
    ],
)
@asynchronous
async def test_another_status_is_a_failure_and_tells_whether_django_answered(
    status, body, answered
):
    async with django(answer(status, body)) as (_, posting):
        with pytest.raises(CallFailed, match=f"status {status}") as caught:
            await posting.post([entry()], [])
    assert caught.value.answered is answered


@pytest.mark.parametrize(
    ("status", "named"), [(401, "API_KEY"), (403, "SEND_MESSAGE_API_URL"), (404, "status 404$")]
)
@asynchronous
async def test_a_refused_worker_says_which_setting_to_look_at(status, named):
    async with django(answer(status, b'{"code": "refused", "detail": ""}')) as (_, posting):
        with pytest.raises(CallFailed, match=named):
            await posting.post([entry()], [])


@asynchronous
async def test_nobody_there_is_a_failure():
    client = AsyncHTTPClient(force_instance=True)
    for url in ("http://127.0.0.1:1/", "http://no-such-host.invalid/"):
        with pytest.raises(CallFailed) as caught:
            await posting_to(url, client).post([entry()], [])
        assert not caught.value.answered
    client.close()


@asynchronous
async def test_a_server_that_says_nothing_is_a_failure_in_time():
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    client = AsyncHTTPClient(force_instance=True)
    with pytest.raises(CallFailed) as caught:
        await posting_to(url, client, timeout=0.2).post([entry()], [])
    assert not caught.value.answered
    client.close()
    server.close()
    await asyncio.sleep(0.02)
