import re
from uuid import uuid4

import pytest

from privatemessages import actions, history, views
from privatemessages.models import Message, Thread
from tests.messenger import write
from tests.views.reading import INBOX, INBOX_QUERIES, SEND, handed_to_scripts

# The person; the session comes from Redis.
PAGE_QUERIES = 1 + INBOX_QUERIES


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

    def test_shows_of_a_group_how_many_belong_and_who_wrote_last(self, page, alice, bob, group):
        write(bob, group, "<hello>")
        text = page.get(INBOX).text
        assert "<bdi>Friends</bdi>" in text
        assert '<span class="pm-card-members">3 members</span>' in text
        assert '<span class="pm-card-sender" dir="auto">bob:</span>' in text
        actions.send_message(alice, group.pk, "waves", kind="action")
        text = page.get(INBOX).text
        assert "* alice waves" in text
        assert '<span class="pm-card-sender" dir="auto" hidden>' in text

    def test_leads_to_groups_and_rooms(self, page):
        text = page.get(INBOX).text
        for path in ("/messages/groups/new/", "/messages/rooms/"):
            assert f'href="{path}"' in text.partition("<main")[2]

    def test_makes_the_same_few_queries_for_one_thread_and_for_many(
        self, page, alice, django_user_model, django_assert_num_queries
    ):
        def befriend(name):
            other = django_user_model.objects.create_user(name)
            write(other, actions.start_direct_thread(alice, other)[0], "hello")

        befriend("first")
        page.get(INBOX)
        with django_assert_num_queries(PAGE_QUERIES):
            page.get(INBOX)
        for number in range(9):
            befriend(f"friend{number}")
        with django_assert_num_queries(PAGE_QUERIES):
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

    @pytest.mark.parametrize("cursor", ["", "x", "1-", "-1", "٣-٣", "9" * 5_000])
    def test_knows_no_page_behind_a_made_up_cursor(self, page, url, cursor):
        for path in (INBOX, SEND, url):
            assert page.get(path, {"before": cursor}).status_code == 404


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
        assert response.context["new_form"]["message"].value() == text
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

    def test_sends_nothing_when_it_is_asked_for_and_shows_the_form(self, page, bob):
        response = page.get(SEND, {"recipient_name": "bob", "message": "Hello"})
        assert response.status_code == 200
        assert 'data-pane="thread"' in response.text
        assert f'<form method="post" action="{SEND}">' in response.text
        assert not Thread.objects.exists()
        assert page.put(SEND).status_code == 405

    def test_is_committed_before_it_answers(self):
        for view in (views.send_message, views.thread):
            assert view._non_atomic_requests == {"default"}
