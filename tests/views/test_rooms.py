from datetime import timedelta
from urllib.parse import quote

import pytest

from privatemessages import actions, history
from privatemessages.errors import NotFound
from privatemessages.models import EntryRequest, Member, Thread
from tests.messenger import write
from tests.views.reading import shown

ROOMS = "/messages/rooms/"
# The person and the rooms.
ROOMS_QUERIES = 3
# The person, the room, whether one is in it, is banned, has asked; staff are asked of the session.
DOOR_QUERIES = 5


@pytest.fixture
def visitor(client, redis_server, dave):
    """The browser of Dave, who is in no room."""
    client.force_login(dave)
    return client


def address(slug):
    return f"{ROOMS}{quote(slug)}/"


def is_in(person, room):
    return Member.objects.of(person.pk).filter(thread=room).exists()


class TestDirectory:
    def test_shows_public_rooms_with_how_many_are_in_and_marks_mine(self, page, room, carol):
        actions.make_room(carol, "<Chess>", topic="e4 & e5")
        actions.make_room(carol, "Secret", is_public=False)
        text = page.get(ROOMS).text
        assert 'href="/messages/rooms/kitchen/"' in text
        assert "3 members" in text
        assert text.count("you are in") == 1
        assert "&lt;Chess&gt;" in text
        assert "e4 &amp; e5" in text
        assert "Secret" not in text

    def test_shows_my_private_rooms_as_private(self, page, private_room):
        text = page.get(ROOMS).text
        assert "Cellar" in text
        assert ">private<" in text

    def test_finds_by_name_and_topic(self, page, bob):
        actions.make_room(bob, "Chess", topic="openings")
        actions.make_room(bob, "Go", topic="stones")
        assert [r.title for r in page.get(ROOMS, {"q": "ches"}).context["rooms"]] == ["Chess"]
        assert [r.title for r in page.get(ROOMS, {"q": "Stone"}).context["rooms"]] == ["Go"]
        assert "No room is called so" in page.get(ROOMS, {"q": "poker\0"}).text
        assert "There are no rooms yet" not in page.get(ROOMS, {"q": "poker"}).text

    def test_leads_on_within_the_search(self, page, bob):
        for number in range(history.PAGE_SIZE + 1):
            actions.make_room(bob, f"Tea & talk {number}")
        first = page.get(ROOMS, {"q": "tea & talk"})
        following = page.get(ROOMS + "?" + first.context["next"])
        assert len(first.context["rooms"]) == history.PAGE_SIZE
        assert [room.title for room in following.context["rooms"]] == ["Tea & talk 0"]

    @pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40])
    def test_knows_no_page_behind_a_made_up_cursor(self, page, cursor):
        assert page.get(ROOMS, {"before": cursor}).status_code == 404

    def test_makes_the_same_few_queries_for_one_room_and_for_many(
        self, page, bob, django_assert_num_queries
    ):
        actions.make_room(bob, "First")
        page.get(ROOMS)
        with django_assert_num_queries(ROOMS_QUERIES):
            page.get(ROOMS)
        for number in range(9):
            actions.make_room(bob, f"Room {number}")
        with django_assert_num_queries(ROOMS_QUERIES):
            assert len(page.get(ROOMS).context["rooms"]) == 10

    def test_is_there_while_redis_is_away(self, page, room, lose_redis):
        lose_redis()
        response = page.get(ROOMS)
        assert "Kitchen" in response.text
        assert "here now" not in response.text


class TestWhichRoom:
    @pytest.mark.parametrize("name", ["Kitchen", " KITCHEN ", "ｋｉｔｃｈｅｎ", "kitchen!"])
    def test_goes_to_the_room_however_its_name_is_written(self, page, room, name):
        assert page.get(ROOMS, {"name": name})["Location"] == "/messages/rooms/kitchen/"

    def test_goes_to_where_it_can_be_made(self, page):
        response = page.get(ROOMS, {"name": "Шахматный клуб"}, follow=True)
        assert response.redirect_chain[0][0].startswith(address("шахматный-клуб"))
        assert response.status_code == 404
        assert response.context["form"]["name"].value() == "Шахматный клуб"

    @pytest.mark.parametrize("name", ["", "  ", "?!", "x" * 1_000, "a\0b"])
    def test_says_at_the_field_what_is_no_name(self, page, name):
        response = page.get(ROOMS, {"name": name})
        assert response.status_code == 400
        assert 'id="id_name_error"' in response.text


class TestAddress:
    @pytest.mark.parametrize("spelling", ["Kitchen", "KITCHEN!", "kitchen/", "ki\u00adtchen"])
    def test_other_spellings_lead_to_the_one(self, page, room, spelling):
        response = page.get(address(spelling))
        if spelling == "ki\u00adtchen":  # an invisible character stands between two words
            assert response["Location"].startswith(address("ki-tchen"))
        else:
            assert response["Location"] == "/messages/rooms/kitchen/"

    @pytest.mark.parametrize("spelling", ["!", "...", "x" * 1_000])
    def test_there_is_no_room_that_could_not_be_named(self, page, spelling):
        assert page.get(address(spelling)).status_code == 404

    def test_shows_the_thread_to_those_who_are_in(self, page, bob, room):
        write(bob, room, "Soup is ready")
        response = page.get(address("kitchen"))
        assert "Soup is ready" in response.text
        assert f'action="/messages/chat/{room.pk}/"' in response.text

    def test_has_earlier_messages_too(self, page, alice, room):
        write(alice, room, *map(str, range(60)))
        response = page.get(address("kitchen"))
        path = f"/messages/chat/{room.pk}/{response.context['earlier']}/"
        assert f'<a href="{path}">Earlier messages</a>' in response.text
        assert "0" in shown(page.get(path))
        assert "0" not in shown(response)
        assert page.get(address("kitchen"), {"before": "x"}).status_code == 404


class TestDoor:
    def test_of_a_public_room_tells_of_it_and_lets_in(self, visitor, dave, bob, room):
        actions.set_topic(bob, room.pk, "Soup <b>")
        write(bob, room, "not for who is outside")
        text = visitor.get(address("kitchen")).text
        assert "Soup &lt;b&gt;" in text
        assert "3 members" in text
        assert "not for who is outside" not in text
        response = visitor.post(address("kitchen"), {"act": "enter"})
        assert response["Location"] == address("kitchen")
        assert is_in(dave, room)

    def test_of_a_private_room_tells_its_name_alone_and_takes_a_request(
        self, visitor, dave, bob, private_room
    ):
        actions.set_topic(bob, private_room.pk, "Old wine")
        text = visitor.get(address("cellar")).text
        assert "Cellar" in text
        assert "Old wine" not in text
        assert "member" not in text.partition("<main")[2].partition("pm-page")[0]
        assert 'value="enter"' not in text
        response = visitor.post(address("cellar"), {"act": "ask"}, follow=True)
        assert "You have asked to be let in." in response.text
        assert EntryRequest.objects.get().user == dave
        visitor.post(address("cellar"), {"act": "ask"})
        assert EntryRequest.objects.count() == 1

    def test_of_a_private_room_lets_nobody_in_who_made_the_form_up(
        self, visitor, dave, private_room
    ):
        response = visitor.post(address("cellar"), {"act": "enter"})
        assert response.status_code == 403
        assert "somebody in it has to let you in" in response.text
        assert not is_in(dave, private_room)

    @pytest.mark.parametrize("lasting", [None, timedelta(days=3)])
    @pytest.mark.parametrize("slug", ["kitchen", "cellar"])
    def test_tells_who_is_banned_until_when(
        self, visitor, alice, dave, room, private_room, lasting, slug
    ):
        place = room if slug == "kitchen" else private_room
        actions.ban(alice, place.pk, dave, lasting=lasting)
        text = visitor.get(address(slug)).text
        assert ("You are banned here until " in text) == (lasting is not None)
        assert "You are banned here" in text
        assert 'name="act"' not in text
        for act in ("enter", "ask"):
            assert visitor.post(address(slug), {"act": act}).status_code == 403
        assert not is_in(dave, place)
        assert not EntryRequest.objects.exists()

    def test_makes_few_queries(self, visitor, room, django_assert_num_queries):
        visitor.get(address("kitchen"))
        with django_assert_num_queries(DOOR_QUERIES):
            visitor.get(address("kitchen"))

    def test_knows_no_other_acts(self, visitor, room):
        for form in ({}, {"act": "burn"}):
            assert visitor.post(address("kitchen"), form).status_code == 400

    @pytest.mark.parametrize("act", ["enter", "ask"])
    def test_is_not_there_where_there_is_no_room(self, visitor, act, db):
        assert visitor.post(address("nowhere"), {"act": act}).status_code == 404


class TestMaking:
    FORM = {"act": "make", "name": "Chess Club", "topic": "e4", "access": "public"}

    def test_is_offered_where_there_is_no_room(self, page):
        response = page.get(address("chess-club"))
        assert response.status_code == 404
        assert response.context["form"]["name"].value() == "chess club"
        assert 'value="make"' in response.text

    @pytest.mark.parametrize(("access", "is_public"), [("public", True), ("private", False)])
    def test_makes_the_room_and_leads_into_it(self, page, alice, access, is_public):
        response = page.post(address("chess-club"), self.FORM | {"access": access})
        assert response["Location"] == address("chess-club")
        made = Thread.objects.get()
        assert (made.title, made.topic, made.is_public) == ("Chess Club", "e4", is_public)
        assert history.thread(alice, made.pk).role == "owner"

    def test_may_be_of_another_name_than_the_address(self, page):
        response = page.post(address("chess-club"), self.FORM | {"name": "Go!"})
        assert response["Location"] == address("go")

    @pytest.mark.parametrize("is_public", [True, False])
    def test_of_two_at_once_the_second_stands_at_the_door_of_the_first(
        self, visitor, alice, committed, is_public
    ):
        actions.make_room(alice, "CHESS club", is_public=is_public)
        with committed():
            response = visitor.post(address("chess-club"), self.FORM)
        assert response["Location"] == address("chess-club")
        with committed():
            text = visitor.get(address("chess-club")).text
        assert "Somebody made this room just before you." in text
        assert ('value="enter"' in text) == is_public
        assert "Somebody made this room" not in visitor.get(address("chess-club")).text

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "?!"}, "name"),
            ({"name": "x" * 1_000}, "name"),
            ({"name": "a\0b"}, "name"),
            ({"topic": "x" * 1_000}, "topic"),
            ({"topic": "a\0b"}, "topic"),
            ({"access": "everybody"}, "access"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, page, change, field):
        response = page.post(address("chess-club"), self.FORM | change)
        assert response.status_code == 400
        assert list(response.context["form"].errors) == [field]
        assert f'id="id_{field}_error"' in response.text
        assert not Thread.objects.exists()


def test_a_room_that_was_deleted_is_no_room(page, alice, room):
    actions.delete_thread(alice, room.pk)
    assert page.get(address("kitchen")).status_code == 404
    with pytest.raises(NotFound):
        history.room(alice, "kitchen")
