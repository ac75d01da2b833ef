import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from privatemessages import actions
from privatemessages.models import Member, Message
from tests.messenger import fill, make_people, write
from tests.views.reading import handed_to_scripts, shown

# The person (the session comes from Redis), the card and its members, the place and the messages.
THREAD_QUERIES = 5
# Also, whether one belongs there, and who of those who are there now does.
GATHERING_QUERIES = 7


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


class TestGatherings:
    """The page of a group or room."""

    @pytest.fixture
    def group_url(self, group):
        return f"/messages/chat/{group.pk}/"

    def test_tells_what_it_is_about_and_who_is_there(self, page, alice, room, group_url):
        actions.set_topic(alice, room.pk, "Soup")
        text = page.get(f"/messages/chat/{room.pk}/").text
        assert '<p class="pm-topic" id="pm-topic" dir="auto">Soup</p>' in text
        assert f'id="pm-members" href="/messages/chat/{room.pk}/members/">3 members</a>' in text
        assert "<bdi>#kitchen</bdi>" in text
        assert (
            '<p class="pm-topic" id="pm-topic" dir="auto" hidden></p>' in page.get(group_url).text
        )

    def test_names_some_of_those_who_are_there_now(self, page, alice, bob, group, group_url, here):
        here(group, alice, bob)
        text = page.get(group_url).text
        assert re.search(r">Here now: (alice, bob|bob, alice)</span>", text)
        crowd = make_people(10)
        fill(group, crowd)
        here(group, alice, *crowd)
        assert ", 5 more</span>" in page.get(group_url).text

    def test_is_there_while_redis_is_away(self, page, bob, group, group_url, lose_redis):
        write(bob, group, "hello")
        lose_redis()
        response = page.get(group_url)
        assert shown(response) == ["hello"]
        assert '<span id="pm-present" hidden></span>' in response.text

    def test_tells_those_who_may_let_people_in_how_many_ask(
        self, page, client, carol, dave, private_room
    ):
        address = f"/messages/chat/{private_room.pk}/"
        assert "asks to be let in" not in page.get(address).text
        actions.request_entry(dave, private_room.pk)
        text = page.get(address).text
        assert f'<a href="{address}members/#pm-requests-title">1 asks to be let in</a>' in text
        client.force_login(carol)
        assert "asks to be let in" not in client.get(address).text

    def test_shows_who_speaks_what_is_done_and_what_happened(
        self, page, alice, bob, group, group_url
    ):
        actions.rename(bob, group.pk, "<Club>")
        write(bob, group, "one", "two")
        actions.send_message(bob, group.pk, "waves", kind="action")
        response = page.get(group_url)
        assert shown(response) == ["one", "two", "* bob waves"]
        assert "bob changed the name to &lt;Club&gt;" in response.text
        assert [line.follows for line in response.context["lines"][-3:]] == [False, True, False]
        russian = page.get(group_url, headers={"accept-language": "ru"}).text
        assert "bob changed the name" not in russian.partition('id="pm-page"')[0]

    def test_makes_the_same_few_queries_for_few_and_for_many(
        self, page, alice, bob, group, group_url, here, django_assert_num_queries
    ):
        here(group, alice, bob)
        page.get(group_url)
        with django_assert_num_queries(GATHERING_QUERIES):
            page.get(group_url)
        fill(group, make_people(30))
        write(alice, group, *map(str, range(30)))
        with django_assert_num_queries(GATHERING_QUERIES):
            assert len(shown(page.get(group_url))) == 30

    @pytest.mark.parametrize(
        ("how", "words"),
        [
            ("close", "This is closed: it can be read, but nobody may write."),
            ("mute", "You are muted until "),
            ("mute for ever", "You are muted: you may read, but not write."),
        ],
    )
    def test_says_why_one_may_not_write(
        self, client, redis_server, alice, carol, group, group_url, how, words
    ):
        if how == "close":
            actions.close_thread(alice, group.pk)
        else:
            lasting = timedelta(hours=1) if how == "mute" else None
            actions.mute(alice, group.pk, carol, lasting=lasting)
        client.force_login(carol)
        response = client.get(group_url)
        assert words in response.text
        assert 'id="pm-writing" disabled>' in response.text
        assert words in client.post(group_url, {"message": "Hello"}).text
        assert not Message.objects.filter(text="Hello").exists()

    def test_hands_its_scripts_what_may_be_typed(self, page, client, carol, group, group_url):
        data = handed_to_scripts(page.get(group_url))
        kick = {command["name"]: command for command in data["commands"]}["kick"]
        assert kick["usage"].startswith("/kick ")
        assert kick["help"]
        assert kick["takes_member"] is True
        assert data["cleared"] == 0
        client.force_login(carol)
        names = [c["name"] for c in handed_to_scripts(client.get(group_url))["commands"]]
        assert "kick" not in names
        assert "who" in names


class TestCommands:
    def test_are_carried_out_and_answered_on_the_next_page(
        self, page, alice, carol, group, committed
    ):
        url = f"/messages/chat/{group.pk}/"
        with committed():
            assert page.post(url, {"message": "/kick carol"})["Location"] == f"{url}#newest"
        with committed():
            assert 'class="pm-told" role="status">' in page.get(url).text
        assert 'class="pm-told"' not in page.get(url).text
        assert not Member.objects.of(carol.pk).filter(thread=group).exists()
        assert not Message.objects.filter(text__startswith="/").exists()

    @pytest.mark.parametrize("command", ["/kick nobody", "/invite nobody", "/nothing"])
    def test_say_at_the_field_why_not_and_keep_what_was_typed(self, page, group, command):
        response = page.post(f"/messages/chat/{group.pk}/", {"message": command})
        assert response.context["form"]["message"].errors
        assert response.context["form"]["message"].value() == command

    def test_say_nothing_where_it_is_to_be_seen(self, page, group):
        url = f"/messages/chat/{group.pk}/"
        page.post(url, {"message": "/me waves"})
        answer = page.get(url).text
        assert "waves" in answer
        assert 'class="pm-told"' not in answer

    def test_two_slashes_are_one_that_is_meant(self, page, url):
        page.post(url, {"message": "//usr/bin"})
        assert shown(page.get(url)) == ["/usr/bin"]

    def test_who_left_by_one_stands_in_the_inbox(self, page, group, committed):
        with committed():
            response = page.post(f"/messages/chat/{group.pk}/", {"message": "/leave"})
        assert response["Location"] == "/messages/"
        assert 'class="pm-told"' in page.get("/messages/").text

    def test_of_strangers_are_as_lost_as_their_messages(self, client, redis_server, dave, group):
        client.force_login(dave)
        response = client.post(f"/messages/chat/{group.pk}/", {"message": "/leave"})
        assert response.status_code == 404
