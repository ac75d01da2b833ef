"""How often one network may try, and one session ask. Each test comes from elsewhere, as others."""

import re
from contextlib import closing

import pytest

from tests.deployment.edge import ask_on
from tests.deployment.fitting import DEPLOY
from tests.deployment.front import PLAIN
from tests.deployment.test_edge import UPGRADE

SIGN_INS = 60  # in a minute
HANDSHAKES = 3000  # in a minute
REQUESTS = 600  # of a session in a minute
CHANGES = 240  # of a session in a minute


@pytest.fixture
def come_from(front):
    """Opens a connection from an address."""
    connections = []

    def come_from(source):
        connections.append(front.connect(source=source))
        return connections[-1]

    yield come_from
    for connection in connections:
        connection.close()


def sign_in(connection, path="/accounts/login/", headers=None):
    return ask_on(connection, path, method="POST", headers=headers, body="username=a&password=b")


def shake_hands(connection, path="/ws/"):
    return ask_on(connection, path, headers=UPGRADE)


def ask_as(connection, session, path="/messages/api/people?q=a", method="GET"):
    """Behind another cookie of the name, as a browser may have them: Django takes the last."""
    cookies = {"Cookie": f"csrftoken=x; sessionid=former; sessionid={session}"}
    return ask_on(connection, path, method=method, headers=cookies)


class TestSigningIn:
    def test_is_refused_to_an_address_that_tries_without_end(self, front, come_from):
        trying = come_from("127.0.0.2")
        assert [sign_in(trying).status for _ in range(SIGN_INS)] == [200] * SIGN_INS
        answer = sign_in(trying)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
        assert "wait a minute" in answer.text
        assert len(front.pages.seen) == SIGN_INS
        assert sign_in(come_from("127.0.0.3")).status == 200, "another address"
        assert ask_on(trying, "/accounts/login/").status == 200, "a look at the form"
        assert sign_in(trying, "/messages/send_message/").status == 200, "another form"

    def test_counts_every_way_in_however_it_is_written(self, come_from):
        trying = come_from("127.0.0.4")
        ways = ["/accounts/login/", "/accounts/signup/", "/admin/login/", "/accounts/login"]
        ways += ["//accounts//login/", "/%61ccounts/login/", "/accounts%2Flogin/?next=/"]
        for number in range(SIGN_INS):
            assert sign_in(trying, ways[number % len(ways)]).status == 200
        assert {sign_in(trying, way).status for way in ways} == {429}

    def test_cannot_be_had_from_another_address_by_saying_so(self, come_from):
        trying = come_from("127.0.0.5")
        for _ in range(SIGN_INS):
            sign_in(trying)
        forged = {"X-Forwarded-For": "10.1.2.3", "Forwarded": "for=10.1.2.3"}
        assert sign_in(trying, headers=forged).status == 429

    def test_an_ipv6_network_is_one_place(self, front):
        with closing(front.connect(address="::1")) as trying:
            assert sign_in(trying).status == 200
        table = front.command("show table sign_ins")
        assert "key=:: " in table
        assert "key=::1 " not in table


class TestHandshakes:
    def test_are_refused_to_an_address_that_makes_too_many(self, front, come_from):
        many = come_from("127.0.0.6")
        assert {shake_hands(many).status for _ in range(HANDSHAKES)} == {200}
        answer = shake_hands(many)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
        assert shake_hands(many, "/42/").status == 429
        assert front.ask("/", source="127.0.0.6").status == 200, "pages are still there"
        assert shake_hands(come_from("127.0.0.7")).status == 200, "another address"


class TestSessions:
    def test_one_that_asks_without_end_waits_and_others_do_not(self, front, come_from):
        connection = come_from("127.0.0.8")
        asked = {ask_as(connection, "ann").status for _ in range(REQUESTS)}
        assert asked == {200}
        answer = ask_as(connection, "ann")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
        assert len(front.pages.seen) == REQUESTS
        assert ask_as(connection, "ann", "/").status == 429, "pages too"
        assert ask_as(connection, "ben").status == 200, "another session"
        assert ask_on(connection, "/messages/").status == 200, "none"
        assert ask_as(come_from("127.0.0.9"), "ann").status == 429, "from wherever it comes"
        assert ask_as(connection, "ann", f"/static/{PLAIN}").status == 200
        upgrade = UPGRADE | {"Cookie": "sessionid=ann"}
        assert ask_on(connection, "/ws/", headers=upgrade).status == 200

    def test_one_that_changes_without_end_may_still_look(self, front, come_from):
        connection = come_from("127.0.0.10")
        methods = ["POST", "PUT"]
        asked = {ask_as(connection, "cat", method=methods[n % 2]).status for n in range(CHANGES)}
        assert asked == {200}
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert ask_as(connection, "cat", method=method).status == 429
        assert len(front.pages.seen) == CHANGES
        assert ask_as(connection, "cat").status == 200
        assert ask_as(connection, "dan", method="POST").status == 200, "another session"

    def test_are_not_to_be_had_from_the_table(self, front, come_from):
        front.command("clear table sessions")
        ask_as(come_from("127.0.0.11"), "eve")
        assert re.search(r"key=[0-9A-F]{40} ", front.command("show table sessions"))
        assert "eve" not in front.command("show table sessions")

    def test_are_known_by_the_name_of_their_cookie(self, settings):
        name = re.search(r"req\.cook\((\w+)\)", (DEPLOY / "haproxy.cfg").read_text())[1]
        assert name == settings.SESSION_COOKIE_NAME
