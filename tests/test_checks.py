import pytest
from django.core.checks import run_checks
from django.db import connections

from privatemessages import wiring


@pytest.fixture
def own(settings):
    """Sets keys of PRIVATEMESSAGES; what the checks then say of the app."""

    def check(*, deploy=False, **keys):
        settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | keys
        return found(deploy=deploy)

    return check


def found(*, deploy=False):
    messages = run_checks(include_deployment_checks=deploy)
    return [message for message in messages if message.id.startswith("privatemessages.")]


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
def test_something_else_than_a_dictionary_is_named(settings, value):
    settings.PRIVATEMESSAGES = value

    assert ids(found()) == ["privatemessages.E001"]


def test_an_empty_key_is_an_error(settings):
    settings.API_KEY = ""

    assert ids(found()) == ["privatemessages.E002"]


@pytest.mark.parametrize("path", ["nowhere.at_all", "nodots", "privatemessages.conf.NAME"])
def test_a_name_of_no_callable_is_an_error(own, path):
    assert ids(own(PERSON_NAME=path)) == ["privatemessages.E003"]
    assert own(PERSON_NAME="privatemessages.people.default_name") == []


def test_missing_apps_are_errors(monkeypatch):
    monkeypatch.setattr("privatemessages.checks.apps.is_installed", lambda name: False)

    assert ids(found()) == ["privatemessages.E004"] * 2


def test_times_without_a_zone_are_an_error(settings):
    settings.USE_TZ = False

    assert ids(found()) == ["privatemessages.E005"]


def test_sqlite_is_asked_for_immediate_transactions(monkeypatch):
    monkeypatch.setattr(type(connections["default"]), "vendor", "sqlite")
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {})

    assert ids(found()) == ["privatemessages.W001"]


@pytest.fixture
def fresh_broker():
    wiring.broker.cache_clear()
    yield
    wiring.broker.cache_clear()


def test_a_redis_that_forgets_is_warned_of_in_production(own, redis_server, fresh_broker):
    with redis_server.client() as client:
        before = client.config_get("maxmemory-policy")["maxmemory-policy"]
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            messages = own(deploy=True)
        finally:
            client.config_set("maxmemory-policy", before)

    assert "privatemessages.W002" in ids(messages)
    assert "allkeys-lru" in messages[0].msg


def test_a_redis_that_is_away_is_warned_of_in_production_alone(own, fresh_broker):
    away = {"REDIS_URL": "redis://127.0.0.1:1/0"}

    assert own(**away) == []
    assert ids(own(deploy=True, **away)) == ["privatemessages.W002"]
