import json
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from privatemessages import actions, history, views
from privatemessages.models import Message, Thread
from tests.messenger import write

INBOX = "/messages/"
SEND = "/messages/send_message/"

# The person (the session comes from Redis), the cards and their members; for a thread also its
# version and its messages.
INBOX_QUERIES = 3
THREAD_QUERIES = 5


@pytest.fixture
def page(redis_server, client, alice):
    """The browser of Alice, who is signed in."""
    client.force_login(alice)
    return client


@pytest.fixture
def url(thread):
    return f"/messages/chat/{thread.id}/"


def handed_to_scripts(response):
    found = re.search(r'<script id="pm-page"[^>]*>(.*?)</script>', response.text, re.DOTALL)
    assert found, "the page has no data for its scripts"
    return json.loads(found[1])


def shown(response):
    return re.findall(r'class="pm-text" dir="auto">([^<]+)</p>', response.text)


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


class TestInbox:
    def test_is_empty_at_first_and_says_so(self, page):
        response = page.get(INBOX)
        assert "There is nothing here yet" in response.text
        assert handed_to_scripts(response)["threads"] == []

    def test_shows_threads_with_their_last_message_and_unread_count(self, page, bob, thread):
        write(bob, thread, "one", "<two>")
        response = page.get(INBOX)
        assert "&lt;two&gt;" in response.text
        assert "2 unread messages" in response.text
        assert [card["id"] for card in handed_to_scripts(response)["threads"]] == [thread.id]

    def test_makes_the_same_few_queries_for_one_thread_and_for_many(
        self, page, alice, django_user_model, django_assert_num_queries
    ):
        def befriend(name):
            other = django_user_model.objects.create_user(name)
            write(other, actions.start_direct_thread(alice, other)[0], "hello")

        befriend("first")
        page.get(INBOX)
        with django_assert_num_queries(INBOX_QUERIES):
            page.get(INBOX)
        for number in range(9):
            befriend(f"friend{number}")
        with django_assert_num_queries(INBOX_QUERIES):
            assert page.get(INBOX).text.count("data-thread=") == 10

    def test_leads_to_earlier_threads(self, page, alice, django_user_model):
        for number in range(history.PAGE_SIZE + 1):
            other = django_user_model.objects.create_user(f"friend{number}")
            write(other, actions.start_direct_thread(alice, other)[0], "hello")
        first = page.get(INBOX)
        following = re.search(r'href="(\?before=[^"]+)"', first.text)
        assert following
        earlier = page.get(INBOX + following[1])
        assert [card["title"] for card in handed_to_scripts(earlier)["threads"]] == ["friend0"]

    def test_knows_no_page_behind_a_made_up_cursor(self, page):
        assert page.get(INBOX, {"before": "yesterday"}).status_code == 404


class TestSendMessage:
    def test_starts_the_thread_and_leads_to_it(self, page, bob):
        response = page.post(SEND, {"recipient_name": "bob", "message": " Hello\r\nBob "})
        message = Message.objects.get()
        assert response["Location"] == f"/messages/chat/{message.thread_id}/#newest"
        assert (message.text, message.seq) == ("Hello\nBob", 1)
        assert history.thread(bob, message.thread_id).unread == 1

    def test_uses_the_thread_that_there_is(self, page, bob, thread):
        page.post(SEND, {"recipient_name": "bob", "message": "Hello"})
        assert Message.objects.get().thread == thread

    def test_goes_by_the_suggestion_that_was_chosen_whatever_its_name(self, page, bob, thread):
        chosen = {"recipient_name": "Bob from next door", "recipient_id": str(bob.pk)}
        page.post(SEND, {**chosen, "message": "Hello"})
        assert Message.objects.get().thread == thread

    @pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 40])
    def test_knows_nobody_behind_a_made_up_choice(self, page, bob, number):
        form = {"recipient_name": "bob", "recipient_id": number, "message": "Hello"}
        assert "There is nobody of this name" in page.post(SEND, form).text
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("alice", "Hello", "You cannot write to yourself."),
            ("nobody", "Hello", "There is nobody of this name"),
            ("gone", "Hello", "There is nobody of this name"),
            ("no\0body", "Hello", "Null characters are not allowed."),
            ("", "Hello", "This field is required."),
            ("bob", "", "This field is required."),
            ("bob", " \r\n ", "The message is empty."),
            ("bob", "x" * 10_001, "The message is too long."),
            ("bob", "a\0b", "Null characters are not allowed."),
        ],
    )
    def test_says_on_the_page_what_is_wrong_and_keeps_what_was_written(
        self, page, bob, django_user_model, name, text, words
    ):
        django_user_model.objects.create_user("gone", is_active=False)
        response = page.post(SEND, {"recipient_name": name, "message": text})
        assert response.status_code == 200
        assert words in response.text
        assert response.context["form"]["message"].value() == text
        assert not Message.objects.exists()
        assert not Thread.objects.exists()

    def test_takes_a_text_of_the_full_length_whose_line_ends_were_doubled(self, page, bob):
        text = "x\n" * 4_999 + "xx"
        page.post(SEND, {"recipient_name": "bob", "message": text.replace("\n", "\r\n")})
        assert Message.objects.get().text == text

    def test_is_one_message_however_often_the_button_was_clicked(self, page, bob):
        form = {"recipient_name": "bob", "message": "Hello", "uuid": str(uuid4())}
        first, second = page.post(SEND, form), page.post(SEND, form)
        assert first["Location"] == second["Location"]
        assert Message.objects.count() == 1

    def test_a_form_that_was_brought_back_and_holds_another_text_is_another_message(
        self, page, bob
    ):
        form = {"recipient_name": "bob", "message": "Hello", "uuid": str(uuid4())}
        page.post(SEND, form)
        for _ in range(2):
            page.post(SEND, form | {"message": "Are you there?"})
        texts = Message.objects.order_by("seq").values_list("text", flat=True)
        assert list(texts) == ["Hello", "Are you there?"]

    def test_sends_nothing_when_it_is_asked_for_and_leads_to_the_form(self, page, bob):
        response = page.get(SEND, {"recipient_name": "bob", "message": "Hello"})
        assert (response.status_code, response["Location"]) == (302, INBOX)
        assert not Thread.objects.exists()
        assert page.put(SEND).status_code == 405

    def test_is_committed_before_it_answers(self):
        for view in (views.send_message, views.thread):
            assert view._non_atomic_requests == {"default"}


class TestThread:
    def test_shows_messages_as_text_and_hands_them_to_its_scripts(
        self, page, alice, bob, thread, url
    ):
        write(bob, thread, "<script>alert(1)</script>")
        write(alice, thread, "</script><b>")
        response = page.get(url)
        assert shown(response) == [
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "&lt;/script&gt;&lt;b&gt;",
        ]
        data = handed_to_scripts(response)
        assert [message["seq"] for message in data["messages"]] == [1, 2]
        assert data["messages"][1]["text"] == "</script><b>"
        assert (data["version"], data["thread"]["title"]) == (2, "bob")

    def test_counts_messages_with_received_and_sent(self, page, alice, bob, thread, url):
        write(alice, thread, *"12")
        write(bob, thread, *"345")
        text = page.get(url).text
        for words in ("5 messages", "3 received", "2 sent"):
            assert f">{words}</span>" in text

    def test_has_the_last_fifty_and_leads_to_those_before(self, page, alice, thread, url):
        write(alice, thread, *map(str, range(1, 61)))
        newest = page.get(url)
        assert shown(newest) == [str(number) for number in range(11, 61)]
        assert 'href="?before=11"' in newest.text
        earlier = page.get(url, {"before": 11})
        assert shown(earlier) == [str(number) for number in range(1, 11)]
        assert 'href="?before=' not in earlier.text

    def test_makes_the_same_few_queries_for_one_message_and_for_many(
        self, page, alice, bob, thread, url, django_assert_num_queries
    ):
        write(bob, thread, "one")
        page.get(url)
        with django_assert_num_queries(THREAD_QUERIES):
            page.get(url)
        write(alice, thread, *map(str, range(30)))
        with django_assert_num_queries(THREAD_QUERIES):
            assert len(shown(page.get(url))) == 31

    def test_takes_a_message_without_scripts(self, page, alice, thread, url):
        response = page.post(url, {"message": "Hello", "uuid": str(uuid4())})
        assert response["Location"] == f"{url}#newest"
        assert shown(page.get(url)) == ["Hello"]
        assert Message.objects.get().sender == alice

    def test_says_what_is_wrong_with_a_message(self, page, thread, url):
        response = page.post(url, {"message": "x" * 10_001})
        assert "The message is too long." in response.text
        assert not Message.objects.exists()

    def test_says_that_nothing_can_be_written_to_somebody_who_left_the_site(
        self, page, bob, thread, url
    ):
        bob.is_active = False
        bob.save()
        response = page.post(url, {"message": "Hello"})
        assert "You may not write here." in response.text
        assert "<form" not in response.text.partition("pm-log")[2]
        assert not Message.objects.exists()

    @pytest.mark.parametrize("number", [0, 99_999, 2**63, 10**30])
    def test_is_not_there_for_a_number_that_is_none(self, page, number):
        assert page.get(f"/messages/chat/{number}/").status_code == 404

    def test_is_not_there_for_others_whatever_they_do(self, client, carol, thread, url):
        client.force_login(carol)
        assert client.get(url).status_code == 404
        assert client.post(url, {"message": "Hello"}).status_code == 404
        assert not Message.objects.exists()

    @pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "٣", str(2**63), "9" * 5_000])
    def test_knows_no_page_behind_a_made_up_cursor(self, page, thread, url, cursor):
        assert page.get(url, {"before": cursor}).status_code == 404

    def test_shows_times_in_the_persons_own_zone(self, page, bob, thread, url):
        [message] = write(bob, thread, "Hello")
        noon = timezone.datetime(2026, 3, 4, 18, 30, tzinfo=timezone.get_default_timezone())
        Message.objects.filter(pk=message.pk).update(sent_at=noon)
        page.cookies["timezone"] = "Asia/Kathmandu"
        text = page.get(url).text
        assert ">00:15</time>" in text
        assert ">5 March 2026</li>" in text


class TestRussian:
    @pytest.mark.parametrize(
        ("count", "words"),
        [(1, "1 сообщение"), (2, "2 сообщения"), (5, "5 сообщений"), (21, "21 сообщение")],
    )
    def test_counts_as_russians_do(self, page, alice, thread, url, count, words):
        write(alice, thread, *map(str, range(count)))
        assert f">{words}</span>" in page.get(url, headers={"accept-language": "ru"}).text

    def test_says_what_is_wrong(self, page):
        form = {"recipient_name": "alice", "message": "Hello"}
        response = page.post(SEND, form, headers={"accept-language": "ru"})
        assert "Нельзя написать самому себе." in response.text

    def test_has_a_catalogue_for_scripts(self, client):
        path = reverse("privatemessages:jsi18n")
        text = client.get(path, headers={"accept-language": "ru"}).text
        assert json.dumps("отправляется…") in text
        assert json.dumps("отправляется…") not in client.get(path).text
