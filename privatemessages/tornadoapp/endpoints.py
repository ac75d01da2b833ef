"""The road from a worker to those endpoints of Django that are for workers alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from ..conf import Settings

CONNECT_TIMEOUT = 5.0  # s
OK = 200
BAD_GATEWAY = 502  # from here on something else may have answered for Django

REASONS = {
    401: "Django knows another API_KEY than this worker",
    403: "{setting} leads through a proxy, or not to Django",
}


class CallFailed(Exception):
    """Nothing is known of what came of it. `answered`: Django itself failed, it was not away.

    `status` is the HTTP status, where there was an answer and it was not OK.
    """

    def __init__(self, reason: str, *, answered: bool, status: int | None = None) -> None:
        super().__init__(reason)
        self.answered = answered
        self.status = status


@dataclass(frozen=True)
class Endpoint:
    """`setting` names the one that `url` comes from, `timeout` is in seconds."""

    url: str
    setting: str
    timeout: float


class Caller:
    def __init__(self, settings: Settings, client: AsyncHTTPClient, endpoint: Endpoint) -> None:
        self._client = client
        self._endpoint = endpoint
        self._headers = {
            "Authorization": f"Bearer {settings.API_KEY}",
            "Content-Type": "application/json",
        }
        if settings.SAVE_HOST:
            self._headers["Host"] = settings.SAVE_HOST

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
        """The body of the answer; raises CallFailed for every status but 200."""
        request = self._request(body, headers or {})
        try:
            response = await self._client.fetch(request, raise_error=False)
        except (HTTPClientError, OSError) as error:
            raise CallFailed(f"not reached: {error}", answered=False) from error
        if response.code != OK:
            status = response.code
            raise CallFailed(self._reason(status), answered=_is_ours(response), status=status)
        return response.body

    def _request(self, body: bytes, headers: Mapping[str, str]) -> HTTPRequest:
        return HTTPRequest(
            self._endpoint.url,
            method="POST",
            headers={**self._headers, **headers},
            body=body,
            connect_timeout=CONNECT_TIMEOUT,
            request_timeout=self._endpoint.timeout,
            # A redirect would carry the key and the messages to wherever it points.
            follow_redirects=False,
            decompress_response=False,
        )

    def _reason(self, status: int) -> str:
        why = REASONS.get(status, "").format(setting=self._endpoint.setting)
        return f"status {status}: {why}" if why else f"status {status}"


def _is_ours(response: HTTPResponse) -> bool:
    """Whether our own code answered, and not a server or proxy that stands before it."""
    try:
        content = json.loads(response.body or b"")
    except ValueError:
        return False
    return isinstance(content, dict) and "code" in content and response.code < BAD_GATEWAY
