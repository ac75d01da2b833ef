"""What the logs of all parts tell of a request: one name for it, and never what was looked for."""

import re
import socket
from contextlib import closing
from urllib.parse import urlencode
from uuid import UUID

import pytest

from tests.deployment.stack import Deployment
from tests.seeing.asking import TOKEN
from tests.services import eventually

WORD = "sesquipedalian"  # what somebody looks for
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SEARCHES = {
    "/messages/api/people": 200,
    "/messages/api/threads": 200,
    "/messages/rooms/": 200,
    "/messages/nothing/": 404,
    "/metrics": 404,  # haproxy itself refuses it
    "/x/../metrics": 404,  # nginx does
    "/static/missing.js": 404,
}
NO_REQUESTS = [
    f"GET /a b?q={WORD} HTTP/1.1\r\nHost: a\r\n\r\n",
    f"GET /a?q={WORD}\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
    f"GET /a?q={WORD} HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n",
    f"GET /{WORD}?q={WORD}{'x' * 15_900} HTTP/1.1\r\nHost: a\r\n\r\n",
]


def test_a_request_is_named_by_haproxy_in_its_log_and_for_django(front):
    assert front.ask("/messages/", headers={"X-Request-ID": "forged"}).status == 200
    [request] = front.pages.seen
    [name] = request.all("X-Request-ID")
    assert UUID(name).version == 4
    assert eventually(lambda: f"{{{name}}}" in front.haproxy.output())
    front.ask("/messages/")
    assert front.pages.seen[1].all("X-Request-ID") != [name]


class TestWhatPeopleLookFor:
    def test_is_in_no_log_whoever_answers(self, deployment: Deployment):
        headers = sign_up(deployment)
        asked = {path: search(deployment, path, headers) for path in SEARCHES}
        assert asked == SEARCHES
        send_to_gunicorn(deployment, f"GET /gunicorn?q={WORD}\r\n\r\n")
        deployment.supervisorctl("stop", "gunicorn")
        assert search(deployment, "/messages/api/heads", headers) == 503
        for path in [*SEARCHES, "/messages/api/heads"]:
            line = f'}} "GET {path} HTTP/1.1"\n'
            assert eventually(lambda line=line: line in deployment.edge.haproxy.output()), path
        assert "/gunicorn" in logs(deployment)
        assert "Not Found: /messages/nothing/" in logs(deployment)
        found = [line for line in logs(deployment).splitlines() if WORD in line]
        assert not found, "\n".join(found)

    @pytest.mark.parametrize("text", NO_REQUESTS)
    def test_is_in_no_line_about_what_is_no_request(self, front, text):
        before = len(front.haproxy.output())
        with closing(front.connect()) as connection:
            connection.connect()
            connection.sock.sendall(text.encode())
            assert connection.sock.recv(100).startswith(b"HTTP/1.1 400")
        assert eventually(lambda: "<BADREQ>" in front.haproxy.output()[before:])
        assert WORD not in front.haproxy.output()

    def test_is_in_no_line_about_a_request_that_is_led_to_https(self, front):
        assert front.ask(f"/led?q={WORD}", tls=False).status == 301
        assert eventually(lambda: '"GET /led HTTP/1.1"' in front.haproxy.output())
        assert WORD not in front.haproxy.output()

    def test_leaves_the_path_which_ends_no_line_and_no_quotation(self, front):
        assert front.ask(f'/a"b\\%0a?q={WORD}').status == 200
        assert eventually(lambda: '"GET /a#22b\\%0a HTTP/1.1"\n' in front.haproxy.output())
        assert front.ask(f"/{'long' * 1000}?q={WORD}").status == 200
        front.ask("/next")
        assert eventually(lambda: '"GET /next HTTP/1.1"\n' in front.haproxy.output())
        assert WORD not in front.haproxy.output()


def sign_up(deployment: Deployment) -> dict[str, str]:
    """What somebody new, who comes from a search, sends with each request."""
    referer = f"{deployment.url}/messages/rooms/?q={WORD}"
    headers = {"Referer": referer, "Cookie": f"csrftoken={TOKEN}"}
    fields = {"username": "seeker", "csrfmiddlewaretoken": TOKEN}
    fields |= dict.fromkeys(("password1", "password2"), "correct horse battery")
    path = "/accounts/signup/"
    answer = deployment.edge.ask(
        path, method="POST", headers=headers | FORM, body=urlencode(fields)
    )
    assert answer.status == 302, answer.text
    cookies = " ".join(answer.headers.get_all("Set-Cookie"))
    return {"Referer": referer, "Cookie": re.search(r"sessionid=\w+", cookies)[0]}


def search(deployment: Deployment, path: str, headers: dict[str, str]) -> int:
    query = urlencode(dict.fromkeys(("q", "query"), WORD))
    return deployment.edge.ask(f"{path}?{query}", headers=headers).status


def send_to_gunicorn(deployment: Deployment, text: str) -> None:
    """What neither haproxy nor nginx would pass on."""
    with socket.create_connection(("127.0.0.1", deployment.ports.gunicorn), timeout=5) as line:
        line.sendall(text.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 400")


def logs(deployment: Deployment) -> str:
    """Whole, of all parts."""
    files = [*deployment.folder.glob("log/*"), *deployment.folder.glob("nginx/*.log")]
    texts = [file.read_text(errors="replace") for file in files]
    edge = deployment.edge
    return "\n".join([*texts, edge.haproxy.output(), edge.nginx.output()])
