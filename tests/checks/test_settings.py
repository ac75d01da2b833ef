"""The app's own settings."""

import pytest


def ids(messages):
    return [message.id for message in messages]


def test_the_site_itself_has_nothing_to_complain_of(own):
    assert own() == []


def test_an_unknown_key_is_named_with_the_known_ones(own):
    (message,) = own(HARTBEAT=5)

    assert message.id == "privatemessages.E001"
    assert "HARTBEAT" in message.msg
    assert "HEARTBEAT" in message.hint


def test_each_wrong_value_is_named(own):
    messages = own(PARTITIONS=0, HEARTBEAT="often", ALLOWED_ORIGINS=[5])

    assert ids(messages) == ["privatemessages.E001"] * 3
    told = " ".join(message.msg for message in messages)
    assert all(name in told for name in ("PARTITIONS", "HEARTBEAT", "ALLOWED_ORIGINS.0"))


@pytest.mark.parametrize(
    "name",
    ["SEND_RATE", "SEND_BURST", "FRAME_RATE", "FRAME_BURST", "SAVE_TIMEOUT", "SOCKETS_PER_PERSON"],
)
def test_a_limit_that_would_let_nothing_through_is_named(own, name):
    (message,) = own(**{name: 0})

    assert message.id == "privatemessages.E001"
    assert name in message.msg


@pytest.mark.parametrize("value", [5, "text", None])
def test_something_else_than_a_dictionary_is_named(settings, value, found):
    settings.PRIVATEMESSAGES = value

    assert ids(found()) == ["privatemessages.E001"]


def test_an_empty_key_is_an_error(settings, found):
    settings.API_KEY = ""

    assert ids(found()) == ["privatemessages.E002"]


@pytest.mark.parametrize("name", ["API_KEY", "SAVE_HOST"])
@pytest.mark.parametrize("text", ["ключ", "two\nlines", "ends\n"])
def test_what_no_header_can_carry_is_an_error(settings, found, name, text):
    """A worker would end over it, as often as it saves."""
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {name: text}
    if name == "API_KEY":
        settings.API_KEY = text
    (message,) = found()

    assert message.id == "privatemessages.E001"
    assert name in message.msg
    assert text not in message.msg


@pytest.mark.parametrize("name", ["SEND_MESSAGE_API_URL", "COMMAND_API_URL", "SOCKET_URL"])
def test_an_address_with_a_password_is_an_error_and_not_shown(own, settings, name):
    url = "https://user:open-sesame@127.0.0.1/messages/"
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {name: url}
    if hasattr(settings, name):
        setattr(settings, name, url)
    (message,) = own()
    assert message.id == "privatemessages.E007"
    assert message.msg.startswith(f"{name} ")
    assert "sesame" not in str(message)


@pytest.mark.parametrize("url", ["http://127.0.0.1", "redis://:word@127.0.0.1:port/0"])
def test_an_address_of_redis_that_is_none_is_an_error(own, url):
    (message,) = own(REDIS_URL=url)
    assert message.id == "privatemessages.E006"
    assert "REDIS_URL" in message.msg
    assert "word" not in message.msg


@pytest.mark.parametrize("path", ["nowhere.at_all", "nodots", "..x", "privatemessages.conf.NAME"])
def test_a_name_of_no_callable_is_an_error(own, path):
    assert ids(own(PERSON_NAME=path)) == ["privatemessages.E003"]
    assert own(PERSON_NAME="privatemessages.people.default_name") == []


@pytest.mark.parametrize("path", ["", "/", "/nowhere/", "/messages/send_message/"])
def test_an_address_where_nothing_is_saved_is_warned_of(settings, path, found):
    settings.SEND_MESSAGE_API_URL = "http://127.0.0.1:8000" + path

    assert ids(found()) == ["privatemessages.W004"]
