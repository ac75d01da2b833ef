"""Which sockets are asked, and as whom."""

import pytest

from privatemessages.conf import Settings
from privatemessages.doctor import Broken
from privatemessages.doctor.sockets import Manner, addresses, handshake

OWN = "ws://127.0.0.1:8880/ws/"
SITE = "wss://chat.example.com/ws/"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (["8880"], [OWN, OWN]),
        (["8880", "8881"], [OWN, "ws://127.0.0.1:8881/ws/"]),
        ([SITE], [SITE, SITE]),
        (["wss://chat.example.com"], [SITE, SITE]),
        (["wss://chat.example.com/"], [SITE, SITE]),
    ],
)
def test_what_is_given_is_asked_at_two_sockets_at_least(given, asked):
    assert addresses(given, Settings(SOCKET_PORT=1)) == asked


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"SOCKET_URL": SITE, "SOCKET_PORT": 8880}, SITE),
        ({"SOCKET_PORT": 8880}, OWN),
    ],
)
def test_otherwise_what_the_settings_name(settings, asked):
    assert addresses([], Settings(**settings)) == [asked, asked]


def test_where_they_name_nothing_it_has_to_be_said():
    with pytest.raises(Broken, match="with --socket wss://"):
        addresses([], Settings())


@pytest.mark.parametrize("text", ["", "nonsense", "http://127.0.0.1/ws/", "ws://", "ws://[/ws/"])
def test_what_is_no_address_is_said_to_be_none(text):
    with pytest.raises(Broken, match="is no address of a socket"):
        addresses([text], Settings())


def test_there_are_not_more_than_messages_to_send():
    with pytest.raises(Broken, match="No more than 32 sockets"):
        addresses(["8880"] * 33, Settings())


@pytest.mark.parametrize(
    ("url", "given", "origin"),
    [
        (OWN, None, ""),
        ("ws://localhost:8880/ws/", None, ""),
        ("ws://[::1]:8880/ws/", None, ""),
        (SITE, None, "https://chat.example.com"),
        ("ws://chat.example.com:8000/ws/", None, "http://chat.example.com:8000"),
        (SITE, "https://example.com", "https://example.com"),
        (SITE, "", ""),
    ],
)
def test_it_comes_as_a_page_from_there_would(settings, url, given, origin):
    asked = handshake(url, "key", Manner(origin=given), 1.0)

    assert asked.origin == origin
    assert asked.cookie == f"{settings.SESSION_COOKIE_NAME}=key"
