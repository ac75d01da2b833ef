"""Whether a worker that runs here could save: an empty batch is sent as a worker sends one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name

from ..conf import Settings
from ..errors import BadKey, Forbidden
from ..hosts import may_hold_password
from .deployment import for_deployment

TIMEOUT = 5.0  # s
SERVER_ERROR = 500  # from here on it was understood, and failed
BODY_LIMIT = 64 * 1024  # bytes; ours is far shorter
NOTHING = json.dumps({"messages": [], "reads": []})
NOTHING_SAVED: dict[str, list[object]] = {"results": []}
CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}

START = "Start gunicorn, or set SEND_MESSAGE_API_URL to where it listens."
SAME_KEY = "Give both the same one, and restart what was started before it was changed."
NO_PROXY = "Set SEND_MESSAGE_API_URL to where gunicorn itself listens, past every proxy."
HOST = "Set SAVE_HOST to one of ALLOWED_HOSTS."
REDIRECT = "Workers follow no redirect: leave SECURE_SSL_REDIRECT to the proxy."
PLACE = "Set SEND_MESSAGE_API_URL to where gunicorn listens, with the path of the save endpoint."
LOG = "Look into the log of Django."


class Answer(NamedTuple):
    status: int
    content: object  # None where it is no JSON

    @property
    def code(self) -> str:
        """Of our own refusals; "" where somebody else answered."""
        return str(self.content.get("code", "")) if isinstance(self.content, dict) else ""


@for_deployment
def check_saving(settings: Settings) -> Iterator[CheckMessage]:
    url = settings.SEND_MESSAGE_API_URL
    if may_hold_password(url):  # privatemessages.E007 says so
        return
    try:
        answer = _ask(settings)
    except (OSError, HTTPException, ValueError) as error:
        yield Warning(
            f"SEND_MESSAGE_API_URL does not answer: {url} ({error}).",
            hint=START,
            id="privatemessages.W008",
        )
        return
    if answer != (200, NOTHING_SAVED):
        text, hint = _trouble(answer)
        yield Warning(
            f"No worker can save at SEND_MESSAGE_API_URL, {url}: {text}.",
            hint=hint,
            id="privatemessages.W009",
        )


def _ask(settings: Settings) -> Answer:
    """Through no proxy, and following no redirect, as a worker."""
    parts = urlsplit(settings.SEND_MESSAGE_API_URL)
    if parts.scheme not in CONNECTIONS:
        raise ValueError("it begins neither with http:// nor with https://")
    with closing(CONNECTIONS[parts.scheme](parts.netloc, timeout=TIMEOUT)) as connection:
        connection.request("POST", parts.path, NOTHING, _headers(settings))
        response = connection.getresponse()
        return Answer(response.status, _json(response.read(BODY_LIMIT)))


def _headers(settings: Settings) -> dict[str, str]:
    headers = {
        "Authorization": f"Bearer {settings.API_KEY}",
        "Content-Type": "application/json",
    }
    return headers | ({"Host": settings.SAVE_HOST} if settings.SAVE_HOST else {})


def _json(body: bytes) -> object:
    try:
        content: object = json.loads(body)
    except ValueError:
        return None
    return content


def _trouble(answer: Answer) -> tuple[str, str]:
    """What it is, and what helps."""
    match answer.code, answer.status:
        case BadKey.code, _:
            return "what answers there knows another API_KEY", SAME_KEY
        case Forbidden.code, _:
            return "a proxy stands before it", NO_PROXY
        case _, 400:
            return "Django does not know the host that workers ask for (400)", HOST
        case _, 301 | 302 | 307 | 308:
            return f"it leads elsewhere ({answer.status})", REDIRECT
        case "", status if status < SERVER_ERROR:
            return f"something else answers there ({status})", PLACE
        case _, status:
            return f"it is answered with {status}", LOG
