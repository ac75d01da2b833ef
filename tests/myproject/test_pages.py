"""The site's own pages."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

PASSWORD = "a word of hers"
SIGN_UP = {"username": "dora", "password1": PASSWORD, "password2": PASSWORD}

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora():
    return get_user_model().objects.create_user("dora", password=PASSWORD)


class TestSigningUp:
    def test_it_makes_an_account_and_signs_in(self, client):
        response = client.post("/accounts/signup/", SIGN_UP)
        assert response.url == "/messages/"
        assert get_user_model().objects.get().check_password(PASSWORD)
        assert client.session["_auth_user_id"]

    def test_it_leads_on_to_where_one_was_going(self, client):
        response = client.post("/accounts/signup/?next=/messages/chat/1/", SIGN_UP)
        assert response.url == "/messages/chat/1/"

    def test_it_leads_nowhere_else(self, client):
        response = client.post("/accounts/signup/?next=https://evil.example/", SIGN_UP)
        assert response.url == "/messages/"

    @pytest.mark.parametrize(
        "change",
        [
            {"username": ""},
            {"username": "a b"},
            {"password2": "another"},
            {"password1": "12345678", "password2": "12345678"},
            {"username": "x\x00y"},
        ],
    )
    def test_what_is_wrong_is_told_and_nobody_is_made(self, client, change):
        response = client.post("/accounts/signup/", SIGN_UP | change)
        assert response.status_code == 200
        assert 'role="alert"' in response.text
        assert not get_user_model().objects.exists()

    @pytest.mark.parametrize("name", ["dora", "DORA"])
    def test_a_taken_name_is_told(self, client, dora, name):
        response = client.post("/accounts/signup/", SIGN_UP | {"username": name})
        assert "already exists" in response.text
        assert get_user_model().objects.count() == 1

    def test_whoever_is_signed_in_is_led_on(self, client, dora):
        client.force_login(dora)
        assert client.get("/accounts/signup/").url == "/messages/"


class TestSigningInAndOut:
    def test_in_and_out(self, client, dora):
        response = client.post("/accounts/login/", {"username": "dora", "password": PASSWORD})
        assert response.url == "/messages/"
        response = client.post("/accounts/logout/")
        assert response.url == "/"
        assert "_auth_user_id" not in client.session

    def test_a_link_does_not_sign_out(self, client, dora):
        client.force_login(dora)
        assert client.get("/accounts/logout/").status_code == 405
        assert client.session["_auth_user_id"]

    def test_a_wrong_password_is_told(self, client, dora):
        response = client.post("/accounts/login/", {"username": "dora", "password": "no"})
        assert 'role="alert"' in response.text

    def test_changing_the_password_ends_the_other_sessions(self, client, dora):
        elsewhere = Client()
        for browser in (client, elsewhere):
            browser.post("/accounts/login/", {"username": "dora", "password": PASSWORD})
        fields = {"old_password": PASSWORD}
        fields |= dict.fromkeys(["new_password1", "new_password2"], "quite another one")
        assert client.post("/accounts/password_change/", fields).url.endswith("done/")
        assert client.get("/accounts/password_change/").status_code == 200
        assert elsewhere.get("/accounts/password_change/").status_code == 302


@pytest.mark.parametrize("name", ["home", "login", "signup"])
@pytest.mark.parametrize(("language", "word"), [("en", "Sign in"), ("ru", "Войти")])
def test_pages_speak_the_browsers_language(client, name, language, word):
    response = client.get(reverse(name), headers={"accept-language": language})
    assert f'<html lang="{language}" dir="ltr">' in response.text
    assert word in response.text


def test_every_page_says_what_a_script_may_do(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_pages_bring_no_scripts_or_styles_of_their_own(client, dora):
    """The policy would switch them off."""
    for name in ("home", "login", "signup"):
        page = client.get(reverse(name)).text
        assert not re.search(r"<style|style=|<script(?! src)|onclick=", page)


class TestErrors:
    @pytest.fixture
    def browser(self):
        return Client(enforce_csrf_checks=True, raise_request_exception=False)

    def test_a_page_that_is_not_there(self, browser):
        response = browser.get("/nowhere/")
        assert response.status_code == 404
        assert "There is no such page" in response.text

    def test_a_form_without_its_token(self, browser):
        response = browser.post("/accounts/login/", {"username": "dora"})
        assert response.status_code == 403
        assert "Please try again" in response.text

    def test_signing_in_in_a_second_tab_leads_on(self, browser, dora):
        browser.force_login(dora)
        fields = {"username": "dora", "password": PASSWORD, "csrfmiddlewaretoken": "a" * 64}
        response = browser.post("/accounts/login/?next=/messages/chat/1/", fields)
        assert response.status_code == 302
        response = browser.get(response.url)
        assert response.url == "/messages/chat/1/"

    def test_any_other_form_without_its_token_is_refused_to_the_signed_in_too(self, browser, dora):
        browser.force_login(dora)
        response = browser.post("/accounts/password_change/", {"old_password": PASSWORD})
        assert response.status_code == 403
        assert "Please try again" in response.text

    def test_a_request_that_makes_no_sense(self, browser):
        response = browser.get("/", headers={"host": "elsewhere.example"})
        assert response.status_code == 400
        assert "could not be understood" in response.text

    def test_a_fault_of_ours(self, browser, monkeypatch):
        """Its page asks nothing: neither who it is nor the database."""

        def fail(*_):
            raise RuntimeError

        monkeypatch.setattr("myproject.views.render", fail)
        response = browser.get("/")
        assert response.status_code == 500
        assert "The fault is ours" in response.text
        assert "Sign in" not in response.text


def test_the_static_files_that_pages_name_are_there(client):
    page = client.get("/").text
    paths = re.findall(rf'(?:href|src)="({settings.STATIC_URL}[^"]+)"', page)
    assert len(set(paths)) >= 2
    for path in paths:
        assert finders.find(path.removeprefix(settings.STATIC_URL)), path
