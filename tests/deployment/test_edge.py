"""What comes through haproxy and nginx, and in which form."""

import socket
import time
from itertools import product

import pytest

from tests.deployment.edge import ask_on
from tests.deployment.fitting import CHAT
from tests.deployment.front import COMPRESSED, HASHED, PLAIN, Front
from tests.services import eventually

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
CLOSED = [
    "/messages/send_message_api/",
    "/messages/send_message_api",
    "/messages/command_api/",
    "/metrics",
    "/healthz",
    "/readyz",
]
DISGUISES = [
    "{path}",
    "/{path}",
    "{path}?format=text",
    "{path}/",
    "/.{path}",
    "/x/..{path}",
    "/%2e{path}",
    "/x/%2e%2e{path}",
    "{encoded}",
    "/{encoded}",
    "{doubled}",
    "{slashes}",
    "https://127.0.0.1{path}",
]
FORGED = {
    "X-Forwarded-For": "10.1.2.3",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Server": "evil.example",
    "X-Real-IP": "10.1.2.3",
    "Forwarded": "for=10.1.2.3;proto=http",
    "Via": "1.1 evil.example",
    "X-Request-ID": "forged",
    "X_Forwarded_For": "10.1.2.3",
    "SCRIPT_NAME": "/evil",
    "PATH_INFO": "/metrics",
}


def disguised(path, disguise):
    encoded = "/" + "/".join(f"%{ord(part[0]):x}{part[1:]}" for part in path[1:].split("/") if part)
    doubled = path.replace("/", "//")
    slashes = "/" + path[1:].replace("/", "%2F")
    return disguise.format(path=path, encoded=encoded, doubled=doubled, slashes=slashes)


def nothing_passed(front):
    return not any(echo.seen for echo in front.all_behind)


class TestClosedPaths:
    @pytest.mark.parametrize(("path", "disguise"), list(product(CLOSED, DISGUISES)))
    def test_end_here_however_they_are_written(self, front, path, disguise):
        answer = front.ask(disguised(path, disguise), method="POST", body="{}")
        assert answer.status == 404
        assert nothing_passed(front)

    @pytest.mark.parametrize("path", CLOSED)
    def test_do_not_reach_nginx_unless_dots_disguise_them(self, front, path):
        for disguise in DISGUISES:
            answer = front.ask(disguised(path, disguise))
            dots = "." in disguise.removeprefix("https://127.0.0.1") or "%2e" in disguise
            assert (answer.headers["Server"] == "nginx") is dots, disguise

    @pytest.mark.parametrize("path", CLOSED)
    def test_are_no_sockets_either(self, front, path):
        assert front.ask(path, headers=UPGRADE).status == 404
        assert nothing_passed(front)

    @pytest.mark.parametrize(
        "path", ["/messages/send_message_api/42/", "/messages/api/threads", "/metrics-of-ours", "/"]
    )
    def test_close_nothing_else(self, front, path):
        assert front.ask(path, method="POST").status == 200
        assert [request.path for request in front.pages.seen] == [path]


class TestForgedHeaders:
    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    def test_django_learns_from_haproxy_alone_where_a_request_comes_from(self, front, address):
        assert front.ask("/", headers=FORGED, address=address).status == 200
        (request,) = front.pages.seen
        assert request.all("X-Forwarded-For") == [address]
        assert request.all("X-Forwarded-Proto") == ["https"]
        assert request.names & {name.lower() for name in FORGED} == {
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-request-id",
        }
        assert len(request.all("X-Request-ID")) == 1
        assert request.all("X-Request-ID") != ["forged"]

    def test_a_worker_does_too(self, front):
        front.ask("/ws/", headers=UPGRADE | FORGED)
        (request,) = (request for echo in front.workers_behind for request in echo.seen)
        assert request.all("X-Forwarded-For") == ["127.0.0.1"]
        assert request.all("X-Forwarded-Proto") == ["https"]
        assert not request.names & {"x-forwarded-host", "x-real-ip", "forwarded", "via"}

    def test_a_second_header_of_the_same_name_does_not_pass_beside_the_first(self, front):
        connection = front.connect()
        connection.putrequest("GET", "/")
        for value in ("10.1.2.3", "10.4.5.6"):
            connection.putheader("X-Forwarded-For", value)
        connection.endheaders()
        assert connection.getresponse().status == 200
        connection.close()
        assert front.pages.seen[0].all("X-Forwarded-For") == ["127.0.0.1"]


class TestRoads:
    @pytest.mark.parametrize("path", ["/ws/", "/42/"])
    def test_sockets_lead_to_the_workers(self, front, path):
        front.ask(path, headers=UPGRADE)
        assert [request.path for echo in front.workers_behind for request in echo.seen] == [path]

    @pytest.mark.parametrize("path", ["/ws/", "/42/"])
    def test_without_an_upgrade_they_are_pages(self, front, path):
        front.ask(path)
        assert [request.path for request in front.pages.seen] == [path]

    @pytest.mark.parametrize("path", ["/", "/messages/", "/ws", "/ws/x", "/42/x", "/messages/42/"])
    def test_an_upgrade_anywhere_else_is_a_page_that_is_not_upgraded(self, front, path):
        assert front.ask(path, headers=UPGRADE).status == 200
        (request,) = front.pages.seen
        assert "upgrade" not in request.names

    def test_sockets_are_spread_over_all_workers(self, front):
        for _ in range(12):
            front.ask("/ws/", headers=UPGRADE)
        assert all(echo.seen for echo in front.workers_behind)

    def test_nginx_is_not_reached_from_other_machines(self, front):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", front.ports.nginx), timeout=5)
        socket.create_connection(("127.0.0.1", front.ports.nginx), timeout=5).close()


class TestWhatIsAway:
    def test_a_handshake_that_meets_a_draining_worker_goes_on_to_another(self, front):
        *draining, one, other = front.workers_behind
        for echo in draining:
            echo.status = 503
        answers = [front.ask("/ws/", headers=UPGRADE) for _ in range(8)]
        assert {answer.status for answer in answers} == {200}
        assert any(echo.seen for echo in draining), "none was met, so nothing was shown"
        assert len(one.seen) + len(other.seen) == 8

    def test_without_any_worker_a_handshake_fails_at_once(self, front):
        for echo in front.workers_behind:
            echo.status = 503
        assert eventually(lambda: set(front.workers().values()) == {"DOWN"})
        began = time.monotonic()
        answer = front.ask("/ws/", headers=UPGRADE)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert time.monotonic() - began < 2
        front.forget()
        assert eventually(lambda: set(front.workers().values()) == {"UP"})

    @pytest.mark.parametrize("away", ["gunicorn", "nginx"])
    def test_people_read_that_the_site_will_be_back(self, front, away):
        with getattr(front, f"without_{away}")():
            began = time.monotonic()
            answer = front.ask("/")
        assert time.monotonic() - began < 8
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Strict-Transport-Security"]
        assert "Back in a moment" in answer.text
        assert "Скоро вернёмся" in answer.text

    def test_what_django_says_with_503_is_its_own(self, front):
        front.pages.status = 503
        answer = front.ask("/messages/api/threads")
        assert answer.status == 503
        assert "filling" in answer.text


class TestStaticFiles:
    def test_under_a_name_of_their_content_they_are_kept_for_ever(self, front):
        answer = front.ask(f"/static/{HASHED}")
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"].endswith("javascript")

    def test_under_another_name_they_are_asked_for_again_soon(self, front):
        answer = front.ask(f"/static/{PLAIN}")
        assert answer.headers["Cache-Control"] == "public, max-age=600"

    @pytest.mark.parametrize("name", [HASHED, PLAIN, "missing.js"])
    def test_they_say_how_browsers_shall_take_them(self, front, name):
        headers = front.ask(f"/static/{name}").headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"] == "max-age=31536000"

    def test_what_is_compressed_already_is_sent_as_it_is(self, front):
        answer = front.ask(f"/static/{HASHED}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.body == COMPRESSED

    @pytest.mark.parametrize(
        "up", ["/static/../", "/static../", "/static/%2e%2e/", "/static/..%2F", "/static%2F../"]
    )
    def test_nothing_beside_them_is_served(self, front, up):
        beside = front.folder / "beside.txt"
        beside.write_text("a secret")
        assert front.ask(f"/static/{PLAIN}").status == 200
        answer = front.ask(f"{up}{beside.name}")
        assert "a secret" not in answer.text
        assert answer.status != 200 or front.pages.seen


class TestCompression:
    @pytest.mark.parametrize("path", ["/", "/accounts/login/", "/messages/jsi18n/"])
    def test_what_is_the_same_for_everybody_is_compressed(self, front, path):
        answer = front.ask(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"

    @pytest.mark.parametrize("path", ["/messages/", "/messages/api/threads", "/admin/"])
    def test_what_is_private_is_not(self, front, path):
        answer = front.ask(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] is None


@pytest.fixture(scope="module")
def whole_chat():
    with Front(CHAT) as front:
        yield front


@pytest.fixture
def chat(whole_chat):
    """haproxy with a host name of its own for sockets."""
    whole_chat.forget()
    return whole_chat


class TestAHostNameForSockets:
    """With the two lines of haproxy.cfg that are comments as it is shipped."""

    @pytest.mark.parametrize("path", ["/ws/", "/42/"])
    def test_takes_sockets(self, chat, path):
        assert chat.ask(path, headers=UPGRADE | {"Host": "chat.example.com"}).status == 200
        assert [request.path for echo in chat.workers_behind for request in echo.seen] == [path]

    @pytest.mark.parametrize("host", ["chat.example.com", "Chat.Example.com:443"])
    @pytest.mark.parametrize("path", ["/", "/messages/", "/static/app.js", "/metrics"])
    def test_has_nothing_else(self, chat, host, path):
        assert chat.ask(path, headers={"Host": host}).status == 404
        assert nothing_passed(chat)

    def test_leaves_the_pages_where_they_were(self, chat):
        assert chat.ask("/", headers={"Host": "example.com"}).status == 200


def test_a_body_that_nothing_here_needs_is_refused(front):
    answer = front.ask("/messages/send_message/", method="POST", body="x" * 3_000_000)
    assert answer.status == 413
    assert nothing_passed(front)


def test_a_connection_serves_more_than_one_request(front):
    connection = front.connect()
    paths = ["/", "/accounts/login/", "/"]
    assert [ask_on(connection, path).status for path in paths] == [200, 200, 200]
    connection.close()
    assert [request.path for request in front.pages.seen] == paths
