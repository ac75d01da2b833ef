from uuid import uuid4

import pytest
from django.utils import timezone

from privatemessages.models import Message
from tests.messenger import write
from tests.views.reading import handed_to_scripts, shown

# The person (the session comes from Redis), the card and its members, the place and the messages.
THREAD_QUERIES = 5


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
        assert 'id="pm-writing" disabled>' in response.text
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
