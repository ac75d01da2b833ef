"""The road from a worker to Django's save endpoint."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from ..broker.entries import Entry
from ..conf import Settings
from .reads import ReadMark

CONNECT_TIMEOUT = 5.0  # s
OK = 200
BAD_GATEWAY = 502  # from here on something else may have answered for Django

REASONS = {
    401: "Django knows another API_KEY than this worker",
    403: "SEND_MESSAGE_API_URL leads through a proxy, or not to Django",
}


class SaveFailed(Exception):
    """Nothing is known of this batch. `answered`: Django itself failed at it, it was not away."""

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered


class Answer(BaseModel):
    status: Literal["stored", "duplicate", "refused"]
    seq: int | None = None
    code: str | None = None


class Answers(BaseModel):
    results: list[Answer]


class Posting:
    def __init__(self, settings: Settings, client: AsyncHTTPClient) -> None:
        self._settings = settings
        self._client = client
        self._headers = {
            "Authorization": f"Bearer {settings.API_KEY}",
            "Content-Type": "application/json",
        }
        if settings.SAVE_HOST:
            self._headers["Host"] = settings.SAVE_HOST

    async def post(self, entries: Sequence[Entry], reads: Sequence[ReadMark]) -> list[Answer]:
        """One answer for each entry, in order; raises SaveFailed for everything else."""
        response = await self._fetch(_read_body(entries, reads))
        try:
            answers = Answers.model_validate_json(response.body).results
        except ValidationError:
            raise SaveFailed("the answer is not ours", answered=False) from None
        if len(answers) != len(entries):
            raise SaveFailed("the answer is of another length", answered=True)
        return answers

    async def _fetch(self, body: bytes) -> HTTPResponse:
        try:
            response = await self._client.fetch(self._request(body), raise_error=False)
        except (HTTPClientError, OSError) as error:
            raise SaveFailed(f"not reached: {error}", answered=False) from error
        if response.code != OK:
            raise SaveFailed(_reason(response.code), answered=_is_ours(response))
        return response

    def _request(self, body: bytes) -> HTTPRequest:
        return HTTPRequest(
            self._settings.SEND_MESSAGE_API_URL,
            method="POST",
            headers=self._headers,
            body=body,
            connect_timeout=CONNECT_TIMEOUT,
            request_timeout=self._settings.SAVE_TIMEOUT,
            # A redirect would carry the key and the messages to wherever it points.
            follow_redirects=False,
            decompress_response=False,
        )


def _read_body(entries: Sequence[Entry], reads: Sequence[ReadMark]) -> bytes:
    try:
        return _body(entries, reads)
    except ValidationError as error:
        # A worker of another version may be able to; here only its own thread waits for it.
        raise SaveFailed("an entry cannot be read", answered=True) from error


def _body(entries: Sequence[Entry], reads: Sequence[ReadMark]) -> bytes:
    content = {
        "messages": [_message(entry) for entry in entries],
        "reads": [asdict(mark) for mark in reads],
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _message(entry: Entry) -> dict[str, Any]:
    message = entry.message
    return {
        "thread": message.thread,
        "sender": message.sender and message.sender.id,
        "id": message.id,
        "text": message.text,
        "kind": message.kind,
        "sent_at": message.sent_at,
        "reply_to": message.reply_to,
    }


def _reason(status: int) -> str:
    return f"status {status}: {REASONS[status]}" if status in REASONS else f"status {status}"


def _is_ours(response: HTTPResponse) -> bool:
    """Whether our own code answered, and not a server or proxy that stands before it."""
    try:
        content = json.loads(response.body or b"")
    except ValueError:
        return False
    return isinstance(content, dict) and "code" in content and response.code < BAD_GATEWAY
