"""People and programs who come to the whole site from outside."""

import asyncio
import json
import re
from contextlib import closing
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from playwright.sync_api import expect, sync_playwright
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from tests.deployment.edge import ask_on
from tests.deployment.stack import API_KEY
from tests.services import eventually
from tests.services.chromium import FLAGS

PASSWORD = "a password of the tests"
HEARD = 10  # s


def sign_up(deployment):
    """The name and the session of somebody new, by the form."""
    name = f"person{uuid4().hex[:8]}"
    with closing(deployment.edge.connect()) as connection:
        form = ask_on(connection, "/accounts/signup/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
        fields = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
        headers = {
            "Cookie": form.headers["Set-Cookie"].partition(";")[0],
            "Origin": deployment.url,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode(fields | {"csrfmiddlewaretoken": token})
        answer = ask_on(connection, "/accounts/signup/", method="POST", headers=headers, body=body)
    assert answer.status == 302, answer.text
    cookies = SimpleCookie("\n".join(answer.headers.get_all("Set-Cookie")))
    return name, cookies["sessionid"]


def hear(deployment, url, **headers):
    """What a socket says first."""

    async def listen():
        request = HTTPRequest(url, headers=headers, ca_certs=str(deployment.edge.certificate))
        socket = await websocket_connect(request)
        said = await asyncio.wait_for(socket.read_message(), HEARD)
        if said is None:
            return socket.close_code
        socket.close()
        while await socket.read_message() is not None:
            pass
        return json.loads(said)

    return asyncio.run(listen())


@pytest.fixture
def person(deployment):
    return sign_up(deployment)


class TestPrograms:
    def test_somebody_who_signed_up_is_known_to_the_workers(self, deployment, person):
        name, session = person
        assert session["secure"]
        assert session["httponly"]
        cookie = f"sessionid={session.value}"
        hello = hear(deployment, deployment.socket_url, Cookie=cookie, Origin=deployment.url)
        assert (hello["type"], hello["user"]["name"]) == ("hello", name)

    def test_so_it_is_by_ipv6(self, deployment, person):
        name, session = person
        url = deployment.socket_url.replace("127.0.0.1", "[::1]")
        hello = hear(deployment, url, Cookie=f"sessionid={session.value}")
        assert hello["user"]["name"] == name

    def test_the_plain_socket_of_a_thread_is_behind_the_same_door(self, deployment, person):
        _, session = person
        url = deployment.socket_url.replace("/ws/", "/999999/")
        assert hear(deployment, url, Cookie=f"sessionid={session.value}") == 4503

    def test_a_page_of_another_site_opens_none(self, deployment, person):
        _, session = person
        cookie = f"sessionid={session.value}"
        with pytest.raises(HTTPClientError, match="403"):
            hear(deployment, deployment.socket_url, Cookie=cookie, Origin="https://evil.example")

    def test_headers_that_say_to_be_from_inside_give_no_rights(self, deployment):
        forged = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Host": "127.0.0.1"}
        forged["Authorization"] = f"Bearer {API_KEY}"
        ask = deployment.edge.ask
        for path in ("/messages/send_message_api/", "/messages/command_api/", "/metrics"):
            assert ask(path, method="POST", headers=forged, body="{}").status == 404
        body = urlencode({"api_key": API_KEY, "sender_id": "1", "message": "forged"})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = ask(
            "/messages/send_message_api/1/", method="POST", headers=forged | form, body=body
        )
        assert (answer.status, json.loads(answer.body)) == (403, {"error": "forbidden"})


@pytest.fixture(scope="module")
def browser(chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


class TestABrowser:
    def test_carries_pages_and_sockets_over_one_http_2_connection(self, deployment, browser):
        errors = []
        context = browser.new_context(ignore_https_errors=True, base_url=deployment.url)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/accounts/signup/")
        page.fill("[name=username]", f"person{uuid4().hex[:8]}")
        for field in ("password1", "password2"):
            page.fill(f"[name={field}]", PASSWORD)
        with page.expect_websocket() as opened:
            page.click("form [type=submit] >> nth=-1")
        assert opened.value.url == deployment.socket_url
        opened.value.wait_for_event("framereceived")
        expect(page).to_have_url(re.compile("/messages/$"))
        protocol = "performance.getEntriesByType('navigation')[0].nextHopProtocol"
        assert page.evaluate(protocol) == "h2"
        context.close()
        assert errors == []
        logged = re.compile(r'workers/tornado_\d .* 101 .*"GET /ws/ HTTP/2.0"')
        assert eventually(lambda: logged.search(deployment.edge.haproxy.output()))
