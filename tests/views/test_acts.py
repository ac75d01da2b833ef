import pytest

from privatemessages import actions, history, views
from privatemessages.models import Ban, EntryRequest, Member, Thread
from tests.messenger import place_of, write


@pytest.fixture
def act(page):
    """Alice's forms, made by hand."""
    return lambda thread, name, **fields: post(page, thread, name, **fields)


def post(client, thread, name, **fields):
    return client.post(f"/messages/chat/{thread.pk}/acts/", {"act": name, **fields})


def members_url(thread):
    return f"/messages/chat/{thread.pk}/members/"


def is_in(person, thread):
    return Member.objects.of(person.pk).filter(thread=thread).exists()


def again(thread):
    return Thread.objects.get(pk=thread.pk)


class TestOnWhatIsOnesOwn:
    @pytest.mark.parametrize("kind", ["thread", "group", "room"])
    def test_mark_unread(self, act, request, alice, kind):
        thread = request.getfixturevalue(kind)
        response = act(thread, "mark_unread")
        assert response["Location"] == "/messages/"
        assert history.thread(alice, thread.pk).marked_unread

    def test_mark_read(self, act, alice, bob, thread):
        write(bob, thread, "one", "two")
        response = act(thread, "mark_read")
        assert response["Location"] == f"/messages/chat/{thread.pk}/"
        card = history.thread(alice, thread.pk)
        assert (card.unread, card.read) == (0, 2)

    @pytest.mark.parametrize("kind", ["thread", "group", "room"])
    def test_silence_and_unsilence(self, act, request, alice, kind):
        thread = request.getfixturevalue(kind)
        for name, is_silent in (("silence", True), ("unsilence", False)):
            response = act(thread, name)
            assert response["Location"] == f"/messages/chat/{thread.pk}/"
            assert history.thread(alice, thread.pk).silent is is_silent

    @pytest.mark.parametrize("name", ["mark_read", "mark_unread", "silence", "unsilence"])
    def test_not_where_one_does_not_belong(self, client, redis_server, dave, staff, room, name):
        for person in (dave, staff):
            client.force_login(person)
            assert post(client, room, name).status_code == 404


class TestOnPeople:
    @pytest.fixture
    def carols(self, carol):
        return {"person": str(carol.pk)}

    def test_remove(self, act, carol, group, carols):
        response = act(group, "remove", **carols, reason="noise")
        assert response["Location"] == members_url(group)
        assert not is_in(carol, group)

    def test_ban_for_a_time_or_for_ever(self, act, carol, group, carols):
        act(group, "ban", **carols, lasting="3600", reason="noise")
        ban = Ban.objects.get()
        assert (ban.user, ban.reason) == (carol, "noise")
        assert round((ban.until - ban.made_at).total_seconds() / 10) == 360
        act(group, "ban", **carols, lasting="")
        assert Ban.objects.get().until is None

    def test_unban(self, act, alice, carol, group, carols):
        actions.ban(alice, group.pk, carol)
        act(group, "unban", **carols)
        assert not Ban.objects.exists()

    def test_mute_and_unmute(self, act, alice, carol, group, carols):
        act(group, "mute", **carols, lasting="600")
        assert not history.thread(carol, group.pk).may_post
        act(group, "unmute", **carols)
        assert history.thread(carol, group.pk).may_post

    @pytest.mark.parametrize("role", ["moderator", "owner"])
    def test_appoint(self, act, carol, group, carols, role):
        act(group, "appoint", **carols, role=role)
        assert place_of(carol, group).role == role

    def test_add_by_name_or_by_what_was_chosen(self, act, bob, dave, staff, group):
        act(group, "add", recipient_name="dave")
        act(group, "add", recipient_name="The boss", recipient_id=str(staff.pk))
        assert is_in(dave, group)
        assert is_in(staff, group)

    def test_grant_and_decline(self, act, dave, staff, private_room):
        for person in (dave, staff):
            actions.request_entry(person, private_room.pk)
        act(private_room, "grant", person=str(dave.pk))
        act(private_room, "decline", person=str(staff.pk))
        assert is_in(dave, private_room)
        assert not is_in(staff, private_room)
        assert not EntryRequest.objects.exists()

    def test_on_somebody_who_is_not_active_any_more(self, act, carol, group, carols):
        carol.is_active = False
        carol.save()
        act(group, "remove", **carols)
        assert not is_in(carol, group)


class TestOnTheThread:
    def test_rename_and_topic(self, act, room):
        assert act(room, "rename", title="Big kitchen")["Location"] == members_url(room)
        act(room, "set_topic", topic="Soup")
        assert (again(room).slug, again(room).topic) == ("big-kitchen", "Soup")
        act(room, "set_topic", topic="")
        assert again(room).topic == ""

    def test_configure(self, act, room, group):
        act(room, "configure", shows_past="on")
        assert (again(room).is_public, again(room).shows_past) == (False, True)
        act(room, "configure", is_public="on")
        assert (again(room).is_public, again(room).shows_past) == (True, False)
        act(group, "configure", shows_past="on", is_public="on")
        assert (again(group).is_public, again(group).shows_past) == (False, True)

    def test_clear(self, act, bob, alice, group):
        write(bob, group, "forget me")
        act(group, "clear")
        assert all(m.text != "forget me" for m in history.messages(alice, group.pk).messages)

    def test_close_and_reopen(self, act, group):
        act(group, "close")
        assert again(group).closed_at
        act(group, "reopen")
        assert not again(group).closed_at

    @pytest.mark.parametrize("name", ["leave", "delete"])
    def test_after_the_end_one_stands_in_the_inbox(self, act, alice, group, name):
        assert act(group, name)["Location"] == "/messages/"
        assert not is_in(alice, group)

    def test_tells_on_the_next_page_what_was_done(self, act, page, carol, group, committed):
        with committed():
            act(group, "remove", person=str(carol.pk))
        with committed():
            assert "carol was removed." in page.get(members_url(group)).text
        assert "carol was removed." not in page.get(members_url(group)).text


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "fields", "status", "words"),
        [
            ("remove", {"person": "alice"}, 400, "You cannot do this to yourself."),
            ("remove", {"person": "dave"}, 404, "does not belong to the conversation"),
            ("remove", {"person": "0"}, 404, "There is nobody of this name"),
            ("remove", {"person": "x\0y"}, 400, "Null characters are not allowed."),
            ("remove", {"person": "9" * 1_000}, 404, "There is nobody of this name"),
            ("remove", {}, 400, "This field is required."),
            ("remove", {"person": "carol", "reason": "x" * 1_000}, 400, "at most 250 characters"),
            ("unban", {"person": "carol"}, 404, "This person is not banned here."),
            ("ban", {"person": "carol", "lasting": "-600"}, 400, "-600 is not one of"),
            ("mute", {"person": "carol", "lasting": "1e9"}, 400, "1e9 is not one of"),
            ("appoint", {"person": "carol", "role": "king"}, 400, "king is not one of"),
            ("add", {"recipient_name": "nobody"}, 404, "There is nobody of this name"),
            ("add", {"recipient_name": "x" * 1_000}, 400, "at most 254 characters"),
            ("add", {"recipient_name": "a\0b"}, 400, "Null characters are not allowed."),
            ("add", {"recipient_name": "erin"}, 403, "This person is banned here."),
            ("rename", {"title": ""}, 400, "This field is required."),
            ("rename", {"title": "?!"}, 400, "A name needs at least one letter or digit"),
            ("rename", {"title": "x" * 1_000}, 400, "This is too long."),
            ("rename", {"title": "CELLAR"}, 409, "There is already a room of this name."),
            ("set_topic", {"topic": "x" * 1_000}, 400, "This is too long."),
            ("set_topic", {"topic": "tea\u202e"}, 400, "A topic has no invisible characters."),
        ],
    )
    def test_are_shown_on_the_page(
        self, act, alice, dave, django_user_model, room, private_room, name, fields, status, words
    ):
        erin = django_user_model.objects.create_user("erin")
        actions.ban(alice, room.pk, erin)
        if fields.get("person", "").isalpha():
            fields = fields | {
                "person": str(django_user_model.objects.get(username=fields["person"]).pk)
            }
        before = Member.objects.filter(left_at=None).count()
        response = act(room, name, **fields)
        assert response.status_code == status
        assert words in response.text
        assert Member.objects.filter(left_at=None).count() == before
        assert (again(room).title, again(room).topic) == ("Kitchen", "")

    def test_keep_what_was_written(self, act, room):
        response = act(room, "rename", title="<" * 100)
        assert response.context["forms"]["rename"]["title"].value() == "<" * 100

    @pytest.mark.parametrize("name", ["", "burn", "read", "POST"])
    def test_of_acts_that_are_none(self, act, group, name):
        assert act(group, name).status_code == 400


class TestWithoutTheRight:
    """Forms made by hand: what a page does not offer is refused all the same."""

    BY_NAME = {
        "add": {"recipient_name": "dave"},
        "rename": {"title": "Mine"},
        "set_topic": {"topic": "Mine"},
        "configure": {"shows_past": "on"},
        "clear": {},
        "close": {},
        "reopen": {},
        "delete": {},
    }
    ON_ALICE = {
        "grant": {},
        "decline": {},
        "remove": {},
        "unban": {},
        "unmute": {},
        "ban": {"lasting": "600"},
        "mute": {"lasting": "600"},
        "appoint": {"role": "member"},
    }

    @pytest.mark.parametrize("name", [*BY_NAME, *ON_ALICE])
    def test_a_member_changes_nothing(self, client, redis_server, alice, carol, dave, group, name):
        client.force_login(carol)
        fields = self.BY_NAME.get(name) or {"person": str(alice.pk)} | self.ON_ALICE.get(name, {})
        before = Thread.objects.filter(pk=group.pk).values().get()
        response = post(client, group, name, **fields)
        assert response.status_code == 403
        assert "This is not allowed here." in response.text
        assert Thread.objects.filter(pk=group.pk).values().get() == before
        assert place_of(alice, group).role == "owner"
        assert not Ban.objects.exists()

    def test_a_moderator_does_nothing_to_those_above(self, client, redis_server, alice, bob, group):
        client.force_login(bob)
        for name in ("remove", "ban", "mute"):
            response = post(client, group, name, person=str(alice.pk))
            assert response.status_code == 403
            assert "the same role as you, or a higher one" in response.text
        assert is_in(alice, group)

    @pytest.mark.parametrize("name", ["leave", *BY_NAME, *ON_ALICE])
    def test_a_stranger_finds_nothing(self, client, redis_server, alice, dave, group, name):
        client.force_login(dave)
        fields = (
            {"person": str(alice.pk)} | self.BY_NAME.get(name, {}) | self.ON_ALICE.get(name, {})
        )
        assert post(client, group, name, **fields).status_code == 404
        assert is_in(alice, group)

    def test_a_pair_is_no_group(self, act, page, bob, thread):
        for name in ("leave", "delete", "clear"):
            assert act(thread, name).status_code == 404
        assert act(thread, "remove", person=str(bob.pk)).status_code == 404
        assert is_in(bob, thread)

    def test_staff_may_without_belonging(self, client, redis_server, staff, carol, group):
        client.force_login(staff)
        response = post(client, group, "remove", person=str(carol.pk))
        assert response["Location"] == "/messages/"
        assert not is_in(carol, group)

    def test_nothing_is_done_by_looking_or_from_elsewhere(self, page, client, alice, group):
        url = f"/messages/chat/{group.pk}/acts/"
        response = page.get(url, {"act": "delete"})
        assert (response.status_code, response["Location"]) == (302, members_url(group))
        assert page.put(url).status_code == 405
        page.handler.enforce_csrf_checks = True
        assert page.post(url, {"act": "delete"}).status_code == 403
        assert is_in(alice, group)

    def test_strangers_are_sent_to_the_sign_in_page(self, client, group):
        assert post(client, group, "delete")["Location"].startswith("/accounts/login/?next=")
        assert is_in(group.members.get(role="owner").user, group)


def test_what_is_done_is_committed_before_it_is_answered():
    for view in (views.acts, views.room, views.new_group):
        assert view._non_atomic_requests == {"default"}
