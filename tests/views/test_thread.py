import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from privatemessages import actions
from privatemessages.models import Member, Message
from tests.messenger import fill, make_people, write
from tests.views.reading import INBOX_QUERIES, handed_to_scripts, shown

# The person (the session comes from Redis), the card and its members, what the other shows of
# themselves, where the unread ones begin, the messages, and how far the other has read.
THREAD_QUERIES = 7 + INBOX_QUERIES
# What is unread goes on beyond the newest page: those before and after where it begins.
FAR_QUERIES = THREAD_QUERIES + 2
# A group has no other; but whether one belongs there, whether one shows that one is there, and who
# of those who are there now belongs.
GATHERING_QUERIES = THREAD_QUERIES - 1 + 3


def numbers(first, last):
    return [str(number) for number in range(first, last + 1)]


def ways(response):
    """Where the links to other parts of the history lead."""
    found = re.findall(r'<a href="([^"]+)">(\w+ messages)</a>', response.text)
    return {words: path for path, words in found}


def first_unread(response):
    """The text below the divider."""
    found = re.search(
        r'class="pm-divider".*?class="pm-text" dir="auto">([^<]+)', response.text, re.DOTALL
    )
    return found and found[1]


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
        opening = handed_to_scripts(response)["opening"]
        assert [message["seq"] for message in opening["messages"]] == [1, 2]
        assert opening["messages"][1]["text"] == "</script><b>"
        assert (opening["version"], opening["thread"]["title"]) == (2, "bob")
        assert (opening["is_oldest"], opening["is_newest"], opening["first_unread"]) == (
            *(True, True),
            1,
        )

    def test_stands_beside_the_inbox_which_says_which_one_it_is(
        self, page, bob, thread, group, url
    ):
        write(bob, thread, "Hello")
        response = page.get(url)
        data = handed_to_scripts(response)
        assert [card["id"] for card in data["threads"]] == [thread.id, group.id]
        assert set(data["preferences"]) == {"shows_presence", "shows_last_seen", "shows_typing"}
        assert re.findall(r'href="([^"]+)" aria-current="page"', response.text) == [f"{url}#newest"]

    def test_counts_messages_with_received_and_sent(self, page, alice, bob, thread, url):
        write(alice, thread, *"12")
        write(bob, thread, *"345")
        text = page.get(url).text
        for words in ("5 messages", "3 received", "2 sent"):
            assert f">{words}</span>" in text

    def test_has_the_last_fifty_and_leads_to_those_before(self, page, alice, thread, url):
        write(alice, thread, *map(str, range(1, 61)))
        newest = page.get(url)
        assert shown(newest) == numbers(11, 60)
        assert ways(newest) == {"Earlier messages": f"{url}11/"}
        earlier = page.get(f"{url}11/")
        assert shown(earlier) == numbers(1, 36)
        assert ways(earlier) == {
            "Later messages": f"{url}36/",
            "Newest messages": f"{url}60/",
        }
        for path in ways(earlier).values():
            assert shown(page.get(path)) == numbers(11, 60)

    def test_begins_at_the_first_unread_message_however_many_there_are(
        self, page, alice, bob, thread, url, django_assert_num_queries
    ):
        write(bob, thread, *numbers(1, 120))
        actions.mark_read(alice, thread.id, 40)
        page.get(url)
        with django_assert_num_queries(FAR_QUERIES):
            response = page.get(url)
        assert "41" in shown(response)
        assert "120" not in shown(response)
        assert first_unread(response) == "41"
        assert ways(response)["Newest messages"] == f"{url}120/"
        actions.mark_read(alice, thread.id, 90)
        assert shown(page.get(url)) == numbers(71, 120)
        assert first_unread(page.get(url)) == "91"
        actions.mark_read(alice, thread.id, 120)
        assert first_unread(page.get(url)) is None

    @pytest.mark.parametrize("seq", [1, 25, 60, 99])
    def test_each_message_has_an_address_which_shows_it_among_others(
        self, page, alice, thread, url, seq
    ):
        write(alice, thread, *numbers(1, 60))
        response = page.get(f"{url}{seq}/")
        assert str(min(seq, 60)) in shown(response)
        assert f'href="{url}{min(seq, 60)}/"><time' in response.text

    def test_makes_the_same_few_queries_for_one_message_and_for_many(
        self, page, alice, bob, thread, url, django_assert_num_queries
    ):
        write(bob, thread, "one")
        page.get(url)
        with django_assert_num_queries(THREAD_QUERIES):
            page.get(url)
        for stranger in make_people(9):
            write(stranger, actions.start_direct_thread(alice, stranger)[0], "hello")
        write(alice, thread, *map(str, range(30)))
        with django_assert_num_queries(THREAD_QUERIES):
            assert len(shown(page.get(url))) == 31

    def test_takes_a_message_without_scripts(self, page, alice, thread, url):
        response = page.post(url, {"message": "Hello", "uuid": str(uuid4())})
        assert response["Location"] == f"{url}#newest"
        assert shown(page.get(url)) == ["Hello"]
        assert Message.objects.get().sender == alice

    def test_leads_to_what_was_just_written_however_much_is_unread(self, page, bob, thread, url):
        write(bob, thread, *numbers(1, 60))
        response = page.post(url, {"message": "Hello"}, follow=True)
        assert shown(response)[-1] == "Hello"

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

    @pytest.mark.parametrize("seq", ["x", "-1", "1.5", "٣", str(2**63), "9" * 5_000])
    def test_knows_no_page_behind_a_made_up_number(self, page, thread, url, seq):
        assert page.get(f"{url}{seq}/").status_code == 404

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
        link = '<a id="pm-members" data-path="members/" href="{}members/">3 members</a>'
        assert link.format(f"/messages/chat/{room.pk}/") in text
        assert "<bdi>#kitchen</bdi>" in text
        assert (
            '<p class="pm-topic" id="pm-topic" dir="auto" hidden></p>' in page.get(group_url).text
        )

    def test_names_some_of_those_who_are_there_now(self, page, alice, bob, group, group_url, here):
        here(group, alice, bob)
        text = page.get(group_url).text
        assert re.search(r">Here now: (alice, bob|bob, alice)</p>", text)
        crowd = make_people(10)
        fill(group, crowd)
        here(group, alice, *crowd)
        assert ", 5 more</p>" in page.get(group_url).text

    def test_is_there_while_redis_is_away(self, page, bob, group, group_url, lose_redis):
        write(bob, group, "hello")
        lose_redis()
        response = page.get(group_url)
        assert shown(response) == ["hello"]
        assert '<p class="pm-counts" id="pm-present" hidden></p>' in response.text

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
        self, page, alice, bob, thread, group, group_url, here, django_assert_num_queries
    ):
        for place in (thread, group):
            write(bob, place, "unread")
        here(group, alice, bob)
        page.get(group_url)
        with django_assert_num_queries(GATHERING_QUERIES):
            page.get(group_url)
        fill(group, make_people(30))
        write(alice, group, *map(str, range(30)))
        with django_assert_num_queries(GATHERING_QUERIES):
            assert len(shown(page.get(group_url))) == 31

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
        data = handed_to_scripts(page.get(group_url))["opening"]
        kick = {command["name"]: command for command in data["commands"]}["kick"]
        assert kick["usage"].startswith("/kick ")
        assert kick["help"]
        assert kick["takes_member"] is True
        assert data["cleared"] == 0
        client.force_login(carol)
        commands = handed_to_scripts(client.get(group_url))["opening"]["commands"]
        names = [command["name"] for command in commands]
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
