import pytest

from privatemessages import actions

QUERIES = 3  # the person, the card and its pairs


def ask(client, thread, act, **fields):
    return client.get(f"/messages/chat/{thread.pk}/confirm/{act}/", fields)


class TestConfirm:
    @pytest.mark.parametrize("act", ["leave", "clear", "close", "delete"])
    def test_says_what_will_happen_and_does_nothing(self, page, alice, room, act):
        response = ask(page, room, act)
        assert "“Kitchen”" in response.text
        assert f'<button class="pm-danger" name="act" value="{act}">' in response.text
        assert response.context["consequences"]
        assert room.members.filter(left_at=None).count() == 3

    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("group", "you have to be added again"),
            ("room", "whenever you like"),
            ("private_room", "you have to be let in again"),
        ],
    )
    def test_tells_how_one_comes_back(self, request, page, kind, words):
        text = ask(page, request.getfixturevalue(kind), "leave").text
        assert words in text
        assert "it passes to the moderator" in text

    def test_tells_the_last_one(self, page, alice):
        assert "You are the last one" in ask(page, actions.make_room(alice, "Attic"), "leave").text

    def test_asks_about_a_new_owner_by_name(self, page, carol, group):
        text = ask(page, group, "own", person=carol.pk).text
        assert "Make carol an owner of “Friends”?" in text
        assert f'name="person" value="{carol.pk}"' in text
        assert 'name="role" value="owner"' in text

    @pytest.mark.parametrize("person", ["", "0", "x", "9" * 1_000, "dave"])
    def test_knows_nobody_who_does_not_belong(self, page, dave, group, person):
        chosen = dave.pk if person == "dave" else person
        assert ask(page, group, "own", person=chosen).status_code == 404

    @pytest.mark.parametrize("act", ["clear", "close", "reopen", "delete", "own"])
    def test_who_may_not_hears_it_here_already(self, client, redis_server, carol, group, act):
        client.force_login(carol)
        assert ask(client, group, act, person=carol.pk).status_code == 403

    @pytest.mark.parametrize("act", ["burn", "remove", "read"])
    def test_knows_no_other_acts(self, page, group, act):
        assert ask(page, group, act).status_code == 404

    def test_is_not_there_for_others(self, client, redis_server, dave, group, thread):
        client.force_login(dave)
        for foreign in (group, thread):
            assert ask(client, foreign, "leave").status_code == 404

    def test_makes_few_queries(self, page, group, django_assert_num_queries):
        ask(page, group, "delete")
        with django_assert_num_queries(QUERIES):
            ask(page, group, "delete")
