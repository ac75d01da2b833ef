"""What the app needs of a project."""

from importlib import import_module

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView
from django.db import connections
from django.shortcuts import resolve_url
from django.test.utils import override_script_prefix
from django.urls import path


def ids(messages):
    return [message.id for message in messages]


def test_missing_apps_are_errors(monkeypatch, found):
    monkeypatch.setattr("privatemessages.checks.project.apps.is_installed", lambda name: False)

    assert ids(found()) == ["privatemessages.E004"] * 2


def test_times_without_a_zone_are_an_error(settings, found):
    settings.USE_TZ = False

    assert ids(found()) == ["privatemessages.E005"]


def test_sqlite_is_asked_for_immediate_transactions(monkeypatch, found):
    monkeypatch.setattr(type(connections["default"]), "vendor", "sqlite")
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {})

    assert ids(found()) == ["privatemessages.W001"]


def test_a_missing_base_template_is_warned_of(settings, found):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]

    assert "privatemessages.W006" in ids(found())


@pytest.mark.parametrize("url", ["nowhere", "/nowhere/", "messages/"])
def test_a_sign_in_page_that_is_not_there_is_warned_of(settings, url, found):
    settings.LOGIN_URL = url

    assert ids(found()) == ["privatemessages.W003"]


@pytest.mark.parametrize("url", ["login", "/accounts/login/", "https://people.example.com/in"])
def test_a_sign_in_page_is_named_or_has_an_address(settings, url, found):
    settings.LOGIN_URL = url

    assert found() == []


def test_a_sign_in_page_may_be_under_a_language(settings, found):
    own = import_module(settings.ROOT_URLCONF).urlpatterns
    settings.ROOT_URLCONF = (*own, *i18n_patterns(path("enter/", LoginView.as_view())))
    settings.LOGIN_URL = "/enter/"

    assert found() == []


def test_a_sign_in_page_may_be_under_a_prefix_of_the_whole_site(settings, found):
    settings.LOGIN_URL = "login"
    with override_script_prefix("/club/"):
        assert resolve_url(settings.LOGIN_URL).startswith("/club/")
        assert found() == []
