"""How often one network may try. Each test comes from an address of its own."""

from contextlib import closing

import pytest

from tests.deployment.edge import ask_on
from tests.deployment.test_edge import UPGRADE

SIGN_INS = 60  # in a minute
HANDSHAKES = 3000  # in a minute


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
