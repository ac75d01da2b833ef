from datetime import timedelta

import pytest

from privatemessages import actions, history
from privatemessages.roles import Role
from tests.messenger import fill, make_people

# The person, the card with its pairs, the place and the members; for those who may unban, the
# thread, their place and the bans.
MEMBER_QUERIES = 5
OWNER_QUERIES = 8
# In a private room also who asks to be let in, with the thread and their place.
PRIVATE_QUERIES = 11


def address(thread):
    return f"/messages/chat/{thread.pk}/members/"


def offered(response):
    """The acts that each member's row offers, by name."""
    return {row.card.person.name: set(row.acts) for row in response.context["members"]}


class TestMembers:
    def test_are_listed_with_role_and_mute(self, page, alice, carol, dave, group):
        actions.add_member(alice, group.pk, dave)
        actions.mute(alice, group.pk, carol, lasting=timedelta(hours=1))
        actions.mute(alice, group.pk, dave)
        text = page.get(address(group)).text
        order = [text.index(f"<bdi>{name}</bdi>") for name in ("alice", "bob", "carol", "dave")]
        assert order == sorted(order)
        for words in (">owner<", ">moderator<", ">muted until ", ">muted<", "(you)"):
            assert text.count(words) == 1, words

    def test_are_searched_by_the_beginning_of_a_name(self, page, group):
        assert set(offered(page.get(address(group), {"q": "CAR"}))) == {"carol"}
        assert "Nobody here is called so." in page.get(address(group), {"q": "zed"}).text

    @pytest.mark.parametrize("query", ["x" * 1_000, "a\0b"])
    def test_are_all_shown_where_a_search_makes_no_sense(self, page, group, query):
        response = page.get(address(group), {"q": query})
        assert response.status_code == 400
        assert "Nobody here is called so." in response.text
        assert len(offered(response)) == 3

    def test_come_in_pages(self, page, group):
        fill(group, make_people(history.PAGE_SIZE))
        first = page.get(address(group))
        following = page.get(address(group) + "?" + first.context["next"])
        names = [*offered(first), *offered(following)]
        assert len(offered(first)) == history.PAGE_SIZE
        assert len(names) == len(set(names)) == history.PAGE_SIZE + 3

    @pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40])
    def test_have_no_page_behind_a_made_up_cursor(self, page, group, cursor):
        assert page.get(address(group), {"after": cursor}).status_code == 404

    @pytest.mark.parametrize(
        ("name", "kind", "queries"),
        [
            ("alice", "group", OWNER_QUERIES),
            ("carol", "group", MEMBER_QUERIES),
            ("alice", "room", OWNER_QUERIES),
            ("alice", "private_room", PRIVATE_QUERIES),
        ],
    )
    def test_make_the_same_few_queries_however_many_they_are(
        self, request, client, redis_server, django_assert_num_queries, name, kind, queries
    ):
        thread = request.getfixturevalue(kind)
        client.force_login(request.getfixturevalue(name))
        client.get(address(thread))
        with django_assert_num_queries(queries):
            client.get(address(thread))
        fill(thread, make_people(30))
        with django_assert_num_queries(queries):
            assert len(offered(client.get(address(thread)))) == 33

    def test_are_nobodys_business_who_is_no_member(self, client, dave, room, thread, redis_server):
        client.force_login(dave)
        for foreign in (room, thread):
            assert client.get(address(foreign)).status_code == 404

    def test_of_a_pair_are_no_page(self, page, thread):
        assert page.get(address(thread)).status_code == 404


class TestWhatIsOffered:
    MODERATION = {"remove", "ban", "mute"}

    def test_to_an_owner(self, page, group):
        response = page.get(address(group))
        assert offered(response) == {
            "alice": set(),
            "bob": self.MODERATION | {"appoint"},
            "carol": self.MODERATION | {"appoint"},
        }
        for act in ("add", "rename", "set_topic", "configure"):
            assert f'value="{act}"' in response.text
        for act in ("leave", "clear", "close", "delete"):
            assert f"/confirm/{act}/" in response.text
        assert "/confirm/reopen/" not in response.text

    def test_to_a_moderator(self, client, redis_server, bob, group):
        client.force_login(bob)
        response = client.get(address(group))
        assert offered(response) == {"alice": set(), "bob": set(), "carol": self.MODERATION}
        assert 'value="rename"' in response.text
        assert 'value="configure"' not in response.text
        assert "/confirm/delete/" not in response.text

    def test_to_a_member(self, client, redis_server, carol, group):
        client.force_login(carol)
        response = client.get(address(group))
        assert offered(response) == {"alice": set(), "bob": set(), "carol": set()}
        assert 'method="post" action="/messages/' not in response.text
        assert "/confirm/leave/" in response.text

    def test_to_a_staff_member_even_over_owners(self, client, redis_server, alice, staff, room):
        actions.enter_room(staff, room.pk)
        client.force_login(staff)
        assert offered(client.get(address(room)))["alice"] == self.MODERATION | {"appoint"}

    def test_the_way_back_of_what_was_done(self, page, alice, carol, dave, group):
        actions.mute(alice, group.pk, carol)
        actions.ban(alice, group.pk, dave, lasting=timedelta(days=1), reason="<noise>")
        actions.close_thread(alice, group.pk)
        actions.appoint(alice, group.pk, carol, Role.MODERATOR)
        response = page.get(address(group))
        assert "unmute" in offered(response)["carol"]
        assert "&lt;noise&gt;" in response.text
        assert 'value="unban"' in response.text
        assert "/confirm/reopen/" in response.text
        assert "/confirm/close/" not in response.text
        [carols] = [r for r in response.context["members"] if r.card.person.name == "carol"]
        assert carols.roles == {"member", "owner"}

    def test_requests_to_be_let_in(self, page, dave, private_room):
        actions.request_entry(dave, private_room.pk)
        text = page.get(address(private_room)).text
        assert "Who asks to be let in" in text
        assert 'value="grant"' in text
        assert 'value="decline"' in text

    def test_being_public_only_to_rooms(self, page, group, room):
        assert 'name="is_public"' not in page.get(address(group)).text
        assert 'name="is_public"' in page.get(address(room)).text
        assert "http://testserver/messages/rooms/kitchen/" in page.get(address(room)).text
