"""Commands: through a worker to Django and back, and to Djangos that are away or slow."""

import http.server
import json
import threading
import time
from contextlib import contextmanager

import pytest

from privatemessages import actions
from privatemessages.protocol import CloseCode
from privatemessages.tornadoapp import commands
from tests.messenger import place_of
from tests.services import eventually
from tests.tornadoapp.conftest import all_stored, sign_in, stored_texts

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = "http://127.0.0.1:1/"
DONE = (200, {"text": "Done.", "code": None})


class Django(http.server.BaseHTTPRequestHandler):
    """Answers as the test says, when the test says."""

    def do_POST(self):
        server = self.server
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.asked.append((content, self.headers))
        assert server.may_answer.wait(20)
        status, answer = server.answers.pop(0) if server.answers else DONE
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_): ...


@contextmanager
def serving():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Django) as server:
        server.asked, server.answers, server.may_answer = [], [], threading.Event()
        server.may_answer.set()
        server.url = f"http://127.0.0.1:{server.server_port}/commands/"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.may_answer.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def django():
    with serving() as server:
        yield server


@pytest.fixture
def handing_on(start, django):
    """A worker whose commands go to that server."""
    return start(COMMAND_API_URL=django.url)


def texts(django):
    return [content["text"] for content, _ in django.asked]


class TestTheRealDjango:
    def test_it_is_carried_out_and_answered_to_its_author_alone(
        self, worker, enter, alice, bob, carol, group
    ):
        socket, tab, other = enter(worker, alice), enter(worker, alice), enter(worker, bob)
        frame_id = socket.say(group.id, "/mute carol 1h")
        notice = socket.until("notice", id=frame_id)
        assert (notice["thread"], notice["code"]) == (group.id, None)
        assert notice["text"]
        assert place_of(carol, group).muted_until
        assert tab.waiting() == other.waiting() == []
        assert worker.metric("commands_total", outcome="done") == 1
        assert worker.metric("accepted_total") == 0

    def test_what_it_does_is_seen_at_once(self, worker, enter, alice, bob, carol, group):
        socket, other, removed = (enter(worker, person) for person in (alice, bob, carol))
        socket.say(group.id, "/topic Soup")
        assert other.until("thread")["topic"] == "Soup"
        socket.say(group.id, "/kick carol")
        assert removed.until("removed", 1.0)["thread"] == group.id
        socket.say(group.id, "/me waves")
        told = other.until("message", text="waves")
        assert (told["kind"], told["sender"]["name"]) == ("action", "alice")

    def test_a_refusal_is_a_notice_with_its_code(self, worker, enter, carol, group):
        socket = enter(worker, carol)
        assert socket.until("notice", id=socket.say(group.id, "/kick bob"))["code"] == "forbidden"
        unknown = socket.until("notice", id=socket.say(group.id, "/dance"))
        assert unknown["code"] == "unknown_command"
        assert worker.metric("commands_total", outcome="refused") == 2

    def test_who_may_not_write_may_leave(self, worker, enter, alice, carol, group):
        actions.mute(alice, group.id, carol)
        actions.close_thread(alice, group.id)
        socket = enter(worker, carol)
        socket.say(group.id, "/leave")
        socket.until("removed", thread=group.id)
        assert place_of(carol, group).left_at

    def test_who_does_not_belong_has_no_commands(self, worker, enter, dave, room):
        socket = enter(worker, dave)
        for text in ("/who", "/join", "hello"):
            assert socket.until("error", id=socket.say(room.id, text))["code"] == "not_found"
        assert worker.metric("commands_total", outcome="done") == 0

    @pytest.mark.parametrize(
        ("headers", "cookie", "word"),
        [
            ({}, "", "There"),
            ({"Accept-Language": "ru"}, "", "Команды"),
            ({"Accept-Language": "ru"}, "django_language=en", "There"),
            ({"Accept-Language": "en"}, "django_language=ru", "Команды"),
        ],
    )
    def test_it_answers_in_the_language_of_the_person(
        self, worker, connect, alice, group, headers, cookie, word
    ):
        cookies = {"Cookie": f"sessionid={sign_in(alice)}; {cookie}"}
        socket = connect(worker, headers=headers | cookies)
        socket.hello()
        notice = socket.until("notice", id=socket.say(group.id, "/dance"))
        assert notice["text"].startswith(word), notice


class TestThePlainSocket:
    def test_a_command_is_answered_by_a_line(self, worker, connect, enter, alice, bob, group):
        plain, other = connect(worker, alice, f"/{group.id}/"), enter(worker, bob)
        plain.send(" /dance ")
        line = plain.receive()
        assert list(line) == ["notice"]
        assert "/dance" in line["notice"]
        assert other.waiting() == []

    def test_an_action_and_an_event_are_lines_that_can_be_read(
        self, worker, connect, enter, alice, bob, group
    ):
        plain = connect(worker, bob, f"/{group.id}/")
        plain.send("/topic Soup")
        plain.send("/me waves")
        lines = [plain.receive() for _ in range(3)]  # one is the answer to the first
        told = [(line["sender"], line["text"]) for line in lines if "text" in line]
        assert told == [("bob", "bob set the topic: Soup"), ("bob", "* bob waves")]
        assert all(line["timestamp"] for line in lines if "text" in line)

    def test_trouble_is_told_and_the_slash_is_written_twice(self, start, connect, alice, thread):
        plain = connect(start(COMMAND_API_URL=NOWHERE), alice, f"/{thread.id}/")
        plain.send("/who")
        assert plain.receive()["error"] == "unavailable"
        plain.send("//who")
        assert plain.receive()["text"] == "/who"


class TestSlashes:
    @pytest.mark.parametrize(
        ("written", "meant"), [("//who", "/who"), ("///", "//"), ("//", "/"), ("a /who", "a /who")]
    )
    def test_what_is_no_command_is_a_message(
        self, handing_on, enter, alice, thread, django, written, meant
    ):
        socket = enter(handing_on, alice)
        frame_id = socket.say(thread.id, written)
        assert socket.until("message", id=frame_id)["text"] == meant
        assert all_stored(thread, 1)
        assert stored_texts(thread) == [meant]
        assert django.asked == []

    @pytest.mark.parametrize("written", ["/who", "/", "/ ", " /who\n", "/x" * 5000])
    def test_what_is_one_is_handed_on_as_it_was_written(
        self, handing_on, enter, alice, thread, django, written
    ):
        socket = enter(handing_on, alice)
        frame_id = socket.say(thread.id, written)
        assert socket.until("notice") == {
            "type": "notice",
            "thread": thread.id,
            "text": "Done.",
            "id": frame_id,
            "code": None,
        }
        [(content, headers)] = django.asked
        assert content == {"thread": thread.id, "sender": str(alice.pk), "text": written.strip()}
        assert headers["Authorization"] == f"Bearer {handing_on.settings.API_KEY}"
        assert stored_texts(thread) == []

    @pytest.mark.parametrize(
        ("text", "code"), [("/x" * 5001, "too_long"), ("/a\x00b", "bad_text"), (" ", "empty")]
    )
    def test_what_could_not_be_stored_is_no_command_either(
        self, handing_on, enter, alice, thread, django, text, code
    ):
        socket = enter(handing_on, alice)
        assert socket.until("error", id=socket.say(thread.id, text))["code"] == code
        assert django.asked == []


class TestOrder:
    def test_those_of_one_socket_come_one_after_another_and_hold_up_nothing(
        self, handing_on, enter, alice, bob, thread, django
    ):
        socket, other = enter(handing_on, alice), enter(handing_on, bob)
        django.may_answer.clear()
        written = [f"/who {number}" for number in range(5)]
        ids = [socket.say(thread.id, text) for text in written]
        # Talking goes on, and so do other people's commands.
        socket.say(thread.id)
        socket.until("stored")
        assert socket.pong()
        other.say(thread.id, "/mine")
        assert eventually(lambda: sorted(texts(django)) == ["/mine", "/who 0"])
        time.sleep(0.2)
        assert len(django.asked) == 2
        django.may_answer.set()
        assert [socket.until("notice")["id"] for _ in ids] == ids
        assert [text for text in texts(django) if text != "/mine"] == written

    def test_what_waits_when_the_socket_closes_is_dropped(
        self, handing_on, connect, enter, alice, thread, django
    ):
        socket = enter(handing_on, alice)
        django.may_answer.clear()
        for text in ("/one", "/two", "/three"):
            socket.say(thread.id, text)
        assert eventually(lambda: texts(django) == ["/one"])
        socket.close()
        assert handing_on.eventually(lambda it: not list(it.hub.connections()))
        django.may_answer.set()
        assert handing_on.eventually(lambda it: not it.commands._waiting)
        assert texts(django) == ["/one"]

    def test_a_right_to_the_socket_that_is_gone_drops_them_too(
        self, handing_on, enter, alice, thread, django
    ):
        socket = enter(handing_on, alice)
        django.may_answer.clear()
        for text in ("/one", "/two"):
            socket.say(thread.id, text)
        assert eventually(lambda: texts(django) == ["/one"])
        handing_on.call(
            lambda it: [one.close(CloseCode.NOT_SIGNED_IN) for one in list(it.hub.connections())]
        )
        assert socket.closed() == 4501
        django.may_answer.set()
        assert handing_on.eventually(lambda it: not it.commands._waiting)
        assert texts(django) == ["/one"]

    def test_an_end_does_not_wait_for_them(self, handing_on, enter, alice, thread, django):
        socket = enter(handing_on, alice)
        django.may_answer.clear()
        socket.say(thread.id, "/one")
        assert eventually(lambda: texts(django) == ["/one"])
        began = time.monotonic()
        handing_on.stop_well()
        assert time.monotonic() - began < 3
        assert socket.closed() == 1012


class TestFloods:
    def test_too_many_are_refused_with_a_time_to_wait_and_messages_go_on(
        self, handing_on, enter, alice, thread, django
    ):
        socket, tab = enter(handing_on, alice), enter(handing_on, alice)
        ids = [socket.say(thread.id, f"/{number}") for number in range(4)]
        ids += [tab.say(thread.id, f"/{number}") for number in range(4, 5)]
        assert eventually(lambda: len(django.asked) == 5)
        for one in (socket, tab):
            error = one.until("error", id=one.say(thread.id, "/more"))
            assert error["code"] == "rate_limited"
            assert 0 < error["retry_after"] <= 1000
        socket.until("accepted", id=socket.say(thread.id, "hello"))
        assert len(django.asked) == 5

    def test_no_more_wait_than_a_socket_may_leave_waiting(
        self, handing_on, enter, alice, thread, django, monkeypatch
    ):
        monkeypatch.setattr(commands, "WAITING_LIMIT", 2)
        socket = enter(handing_on, alice)
        django.may_answer.clear()
        ids = [socket.say(thread.id, f"/{number}") for number in range(4)]
        assert socket.until("error", id=ids[3])["code"] == "rate_limited"
        django.may_answer.set()
        assert [socket.until("notice")["id"] for _ in range(3)] == ids[:3]


class TestFailures:
    @pytest.mark.parametrize(
        "reply",
        [
            (500, {"code": "unavailable", "detail": ""}),
            (503, b"<h1>Service Unavailable</h1>"),
            (404, b"<h1>Not Found</h1>"),
            (401, {"code": "bad_key", "detail": ""}),
            (302, b""),
            (200, b""),
            (200, b"<html>It works!</html>"),
            (200, {"code": None}),
            (200, {"text": 5, "code": None}),
            (200, []),
        ],
    )
    def test_an_answer_that_is_not_ours_is_told_and_asked_for_once(
        self, handing_on, enter, alice, thread, django, reply
    ):
        django.answers.append(reply)
        socket = enter(handing_on, alice)
        first, second = socket.say(thread.id, "/one"), socket.say(thread.id, "/two")
        error = socket.until("error", id=first)
        assert (error["code"], error["retry_after"]) == ("unavailable", None)
        assert socket.until("notice")["id"] == second
        assert texts(django) == ["/one", "/two"]
        assert handing_on.metric("commands_total", outcome="failed") == 1
        assert handing_on.metric("errors_total", code="unavailable") == 1

    def test_nobody_there(self, start, enter, alice, thread):
        socket = enter(start(COMMAND_API_URL=NOWHERE), alice)
        assert socket.until("error", id=socket.say(thread.id, "/one"))["code"] == "unavailable"
        socket.say(thread.id)
        socket.until("stored")

    def test_an_outage_is_one_line_in_the_log(
        self, handing_on, enter, alice, thread, django, caplog
    ):
        socket = enter(handing_on, alice)

        def lines():
            return [it.message for it in caplog.records if "not answered" in it.message]

        django.answers += [(503, b""), (503, b"")]
        for _ in range(2):
            socket.until("error", id=socket.say(thread.id, "/one"))
        assert lines() == ["Commands are not answered: status 503"]
        socket.until("notice", id=socket.say(thread.id, "/one"))
        django.answers.append((503, b""))
        socket.until("error", id=socket.say(thread.id, "/one"))
        assert len(lines()) == 2

    def test_one_that_takes_too_long_is_given_up(
        self, start, enter, alice, thread, django, monkeypatch
    ):
        monkeypatch.setattr(commands, "TIMEOUT", 0.3)
        django.may_answer.clear()
        socket = enter(start(COMMAND_API_URL=django.url), alice)
        assert socket.until("error", id=socket.say(thread.id, "/one"))["code"] == "unavailable"
        django.may_answer.set()
        socket.until("notice", id=socket.say(thread.id, "/two"))

    def test_slow_ones_do_not_hold_up_saving(
        self, handing_on, enter, alice, bob, thread, django, monkeypatch
    ):
        django.may_answer.clear()
        sockets = [enter(handing_on, person) for person in (alice, bob) for _ in range(5)]
        for socket in sockets:
            socket.say(thread.id, "/slow")
        assert eventually(lambda: len(django.asked) == len(sockets))
        sockets[0].say(thread.id, "hello")
        assert all_stored(thread, 1, 3)


class TestLanguages:
    @pytest.mark.parametrize(
        ("given", "handed_on"),
        [
            ({}, {}),
            ({"Accept-Language": "ru,en;q=0.5"}, {"Accept-Language": "ru,en;q=0.5"}),
            ({"Accept-Language": "x" * 301}, {}),
            ({"Accept-Language": "r\xfc"}, {}),
            ({"Accept-Language": "ru\ten"}, {}),
        ],
    )
    def test_of_the_headers_only_what_is_harmless_is_handed_on(
        self, handing_on, connect, alice, thread, django, given, handed_on
    ):
        socket = connect(handing_on, alice, headers=given)
        socket.hello()
        socket.until("notice", id=socket.say(thread.id, "/one"))
        [(_, headers)] = django.asked
        assert headers["Accept-Language"] == handed_on.get("Accept-Language")
        assert headers["Cookie"] is None

    @pytest.mark.parametrize(
        ("cookie", "handed_on"),
        [
            ("django_language=pt-BR", "django_language=pt-BR"),
            ("django_language=", None),
            ("django_language=ru/en", None),
            ("django_language=ru en", None),
            (f"django_language={'x' * 36}", None),
        ],
    )
    def test_of_the_cookies_only_the_language(
        self, handing_on, connect, alice, thread, django, cookie, handed_on
    ):
        socket = connect(handing_on, headers={"Cookie": f"sessionid={sign_in(alice)}; {cookie}"})
        socket.hello()
        socket.until("notice", id=socket.say(thread.id, "/one"))
        [(_, headers)] = django.asked
        assert headers["Cookie"] == handed_on
