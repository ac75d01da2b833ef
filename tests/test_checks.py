from importlib import import_module

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView
from django.core.checks import run_checks
from django.db import connections
from django.shortcuts import resolve_url
from django.test.utils import override_script_prefix
from django.urls import path

from privatemessages import wiring


@pytest.fixture(autouse=True)
def long_key(settings):
    settings.API_KEY = "k" * 20


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


def test_a_short_key_is_warned_of_in_production_alone(settings):
    settings.API_KEY = "k" * 19

    assert ids(found()) == []
    assert "privatemessages.W005" in ids(found(deploy=True))


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


def test_a_missing_base_template_is_warned_of(settings):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]

    assert "privatemessages.W006" in ids(found())


@pytest.mark.parametrize("url", ["nowhere", "/nowhere/", "messages/"])
def test_a_sign_in_page_that_is_not_there_is_warned_of(settings, url):
    settings.LOGIN_URL = url

    assert ids(found()) == ["privatemessages.W003"]


@pytest.mark.parametrize("url", ["login", "/accounts/login/", "https://people.example.com/in"])
def test_a_sign_in_page_is_named_or_has_an_address(settings, url):
    settings.LOGIN_URL = url

    assert found() == []


def test_a_sign_in_page_may_be_under_a_language(settings):
    own = import_module(settings.ROOT_URLCONF).urlpatterns
    settings.ROOT_URLCONF = (*own, *i18n_patterns(path("enter/", LoginView.as_view())))
    settings.LOGIN_URL = "/enter/"

    assert found() == []


def test_a_sign_in_page_may_be_under_a_prefix_of_the_whole_site(settings):
    settings.LOGIN_URL = "login"
    with override_script_prefix("/club/"):
        assert resolve_url(settings.LOGIN_URL).startswith("/club/")
        assert found() == []


@pytest.mark.parametrize("path", ["", "/", "/nowhere/", "/messages/send_message/"])
def test_an_address_where_nothing_is_saved_is_warned_of(settings, path):
    settings.SEND_MESSAGE_API_URL = "http://127.0.0.1:8000" + path

    assert ids(found()) == ["privatemessages.W004"]


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
    assert "allkeys-lru" in " ".join(message.msg for message in messages)


def test_a_redis_that_is_away_is_warned_of_in_production_alone(own, fresh_broker):
    away = {"REDIS_URL": "redis://127.0.0.1:1/0"}

    assert own(**away) == []
    assert ids(own(deploy=True, **away)) == ["privatemessages.W002"]
