import json
import re

import pytest
from django.urls import reverse

from tests.views.reading import INBOX, SEND, handed_to_scripts


class TestEveryPage:
    @pytest.mark.parametrize("path", [INBOX, "/messages/chat/1/", SEND])
    def test_sends_strangers_to_the_sign_in_page(self, client, path, db):
        method = client.post if path == SEND else client.get
        assert method(path)["Location"].startswith("/accounts/login/?next=/messages/")

    def test_has_no_script_or_style_of_its_own(self, page, url):
        for path in (INBOX, url):
            text = page.get(path).text
            scripts = re.findall(r"<script([^>]*)>", text)
            assert len(scripts) >= 4
            assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
            assert not re.search(r'<style|style="|\son\w+="', text)

    def test_tells_its_scripts_who_it_is_for_and_where_to_connect(self, page, alice):
        data = handed_to_scripts(page.get(INBOX))
        assert data["user"] == {"id": str(alice.pk), "name": "alice"}
        assert data["socket_url"] == "ws://testserver:8888/ws/"
        assert data["api_url"] == "/messages/api/"
        assert data["login_url"] == "/accounts/login/"

    @pytest.mark.parametrize(
        ("host", "changes", "secure", "expected"),
        [
            ("chat.example.com:8000", {}, False, "ws://chat.example.com:8888/ws/"),
            ("[::1]:8000", {}, False, "ws://[::1]:8888/ws/"),
            ("chat.example.com", {"SOCKET_PORT": None}, True, "wss://chat.example.com/ws/"),
            ("[::1]:8443", {"SOCKET_PORT": None}, True, "wss://[::1]:8443/ws/"),
            ("a.example", {"SOCKET_URL": "wss://b.example/ws/"}, False, "wss://b.example/ws/"),
        ],
    )
    def test_finds_the_socket_on_its_own_host_unless_told(
        self, page, settings, host, changes, secure, expected
    ):
        settings.ALLOWED_HOSTS = ["*"]
        settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | changes
        response = page.get(INBOX, headers={"host": host}, secure=secure)
        assert handed_to_scripts(response)["socket_url"] == expected


class TestRussian:
    def test_says_what_is_wrong(self, page):
        form = {"recipient_name": "alice", "message": "Hello"}
        response = page.post(SEND, form, headers={"accept-language": "ru"})
        assert "Нельзя написать самому себе." in response.text

    def test_has_a_catalogue_for_scripts(self, client):
        path = reverse("privatemessages:jsi18n")
        text = client.get(path, headers={"accept-language": "ru"}).text
        assert json.dumps("отправляется…") in text
        assert json.dumps("отправляется…") not in client.get(path).text
