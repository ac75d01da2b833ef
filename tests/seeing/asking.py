"""Requests to gunicorn, as a browser, a worker or Prometheus makes them."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

PATIENCE = 30.0  # s
TOKEN = "c" * 32  # of a form; the cookie has to be the same


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def content(self):
        return json.loads(self.text)


def ask(port, path, body=None, *, session=None, method=None, **headers):
    """`body` is JSON, or form fields where it is a dictionary in a list."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=_data(body),
        headers=_headers(body, session, headers),
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 - our own
            return Answer(response.status, response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode(errors="replace"))


def figures(port):
    """What a scrape finds, by name and labels, without the prefix."""
    answer = ask(port, "/metrics")
    assert answer.status == 200, answer
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name.removeprefix("privatemessages_"): float(value) for name, value in lines}


def _data(body):
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, list):
        return urllib.parse.urlencode(body[0]).encode()
    return json.dumps(body).encode()


def _headers(body, session, more):
    kind = "application/x-www-form-urlencoded" if isinstance(body, list) else "application/json"
    headers = {"Content-Type": kind} | {name.replace("_", "-"): it for name, it in more.items()}
    if session:
        headers["Cookie"] = f"sessionid={session}; csrftoken={TOKEN}"
        headers["X-CSRFToken"] = TOKEN
    return headers
