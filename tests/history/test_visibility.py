"""What somebody sees of a group or room who was not always in it."""

import pytest
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.models import JUST_BEFORE, Message
from privatemessages.roles import Role
from tests.actions.consistency import consistent
from tests.messenger import entry, fill, make_people, place_of, write


def texts(page):
    """What people wrote; of what happened, the code."""
    return [message.event.code if message.event else message.text for message in page.messages]


def everything(person, thread):
    """By every road that leads to a history; they must show the same."""
    page = history.messages(person, thread.id, limit=100)
    assert history.changes(person, thread.id, 0).messages == page.messages
    assert history.messages(person, thread.id, after=0, limit=100) == page
    last = 2**62
    assert history.messages(person, thread.id, before=last, limit=100) == page
    assert history.messages(person, thread.id, around=1, limit=100).messages == page.messages[:50]
    return texts(page)


def counts(person, thread):
    card = history.thread(person, thread.id)
    assert card in history.inbox(person).threads
    assert card.total == card.sent + card.received
    return card.total, card.sent, card.unread


# Before one came


def test_in_a_group_newcomers_do_not_see_what_was_before(group, alice, dave):
    write(alice, group, "one", "two")
    actions.add_member(alice, group.id, dave)

    assert everything(dave, group) == ["added"]
    assert counts(dave, group) == (0, 0, 0)
    assert history.thread(dave, group.id).last_message is None
    consistent(group)

    write(alice, group, "three")
    write(dave, group, "four")
    assert everything(dave, group) == ["added", "three", "four"]
    assert counts(dave, group) == (2, 1, 1)
    assert counts(alice, group) == (4, 3, 1)
    assert history.thread(dave, group.id).last_message.text == "four"
    consistent(group)


def test_in_a_room_newcomers_see_what_was_before(room, alice, dave):
    write(alice, room, "one", "two")
    actions.enter_room(dave, room.id)

    assert everything(dave, room)[-3:] == ["one", "two", "joined"]
    # It was not addressed to them, so it is not unread.
    assert counts(dave, room) == (2, 0, 0)
    assert history.thread(dave, room.id).last_message.text == "two"
    consistent(room)


@pytest.mark.parametrize("gathering", ["group", "room"])
def test_it_is_a_setting_and_not_a_matter_of_the_kind(gathering, request, alice, bob, dave):
    thread = request.getfixturevalue(gathering)
    actions.configure(alice, thread.id, shows_past=gathering == "group")
    write(bob, thread, "before")
    actions.add_member(alice, thread.id, dave)

    assert ("before" in everything(dave, thread)) is (gathering == "group")
    assert counts(dave, thread)[0] == (gathering == "group")
    consistent(thread)


def test_who_was_there_from_the_beginning_sees_all_of_it(group, alice, carol):
    write(alice, group, "one")

    assert everything(carol, group) == ["created", "appointed", "one"]


def test_what_is_configured_later_takes_nothing_away_and_gives_nothing(group, alice, carol, dave):
    write(alice, group, "one")
    actions.add_member(alice, group.id, dave)
    actions.configure(alice, group.id, shows_past=True)

    assert everything(dave, group) == ["added"]
    assert counts(dave, group) == (0, 0, 0)
    actions.configure(alice, group.id, shows_past=False)
    assert "one" in everything(carol, group)
    consistent(group)


def test_what_is_late_from_before_is_not_unread_and_not_the_last(group, alice, bob, dave, clock):
    spoken = entry(group, bob, "late")
    clock.move(seconds=60)
    actions.add_member(alice, group.id, dave)
    clock.move(seconds=60)
    actions.save_batch([spoken])

    assert everything(dave, group) == ["added"]
    assert history.thread(dave, group.id).unread == 0
    assert history.thread(dave, group.id).last_message is None
    assert everything(alice, group)[-1] == "late"


# Coming back


def test_who_comes_back_to_a_group_sees_nothing_of_the_time_between(group, alice, carol):
    write(carol, group, "early")
    actions.leave(carol, group.id)
    write(alice, group, "between")
    actions.add_member(alice, group.id, carol)
    write(carol, group, "again")

    assert everything(carol, group) == ["added", "again"]
    assert counts(carol, group) == (1, 1, 0)
    assert counts(alice, group) == (3, 1, 2)
    consistent(group)


def test_who_comes_back_to_a_room_sees_all_of_it(room, alice, carol):
    write(carol, room, "early")
    actions.leave(carol, room.id)
    write(alice, room, "between")
    actions.enter_room(carol, room.id)
    write(carol, room, "again")

    seen = everything(carol, room)
    assert seen[-5:] == ["early", "left", "between", "joined", "again"]
    assert counts(carol, room) == (3, 2, 0)
    consistent(room)


def test_who_comes_back_where_the_past_is_shown_by_now_sees_all_of_it(group, alice, dave):
    write(alice, group, "one")
    actions.add_member(alice, group.id, dave)
    write(dave, group, "two")
    actions.leave(dave, group.id)
    write(alice, group, "three")
    actions.configure(alice, group.id, shows_past=True)
    actions.add_member(alice, group.id, dave)

    seen = [text for text in everything(dave, group) if text in {"one", "two", "three"}]
    assert seen == ["one", "two", "three"]
    assert counts(dave, group) == (3, 1, 0)
    consistent(group)


def test_who_comes_back_where_the_past_is_hidden_by_now_sees_none_of_it(room, alice, carol):
    write(carol, room, "one")
    actions.leave(carol, room.id)
    actions.configure(alice, room.id, shows_past=False)
    actions.enter_room(carol, room.id)

    assert everything(carol, room) == ["joined"]
    assert counts(carol, room) == (0, 0, 0)
    consistent(room)


def test_what_was_unread_when_one_left_is_not_unread_when_one_comes_back(room, alice, carol):
    write(alice, room, "one", "two")
    assert counts(carol, room)[2] == 2
    actions.leave(carol, room.id)
    write(alice, room, "three")
    actions.enter_room(carol, room.id)

    assert counts(carol, room)[2] == 0
    write(alice, room, "four")
    assert counts(carol, room)[2] == 1


# Counting and cards


def test_what_happened_is_neither_counted_nor_unread_nor_the_last_message(room, alice, bob, dave):
    write(alice, room, "one")
    actions.set_topic(alice, room.id, "Soup")
    actions.enter_room(dave, room.id)
    actions.leave(dave, room.id)

    assert counts(bob, room) == (1, 0, 1)
    assert history.thread(bob, room.id).last_message.text == "one"


def test_an_action_is_counted_as_what_it_is(room, alice, bob):
    message, _ = actions.send_message(alice, room.id, "waves", kind=Message.Kind.ACTION)

    assert counts(bob, room) == (1, 0, 1)
    assert history.messages(bob, room.id).messages[-1].kind == "action"
    assert history.thread(bob, room.id).last_message.id == str(message.uuid)


def test_a_card_says_what_a_room_is_to_the_person(room, alice, bob):
    actions.set_topic(alice, room.id, "Soup")
    card = history.thread(bob, room.id)

    assert (card.kind, card.title, card.slug, card.topic) == ("room", "Kitchen", "kitchen", "Soup")
    assert (card.is_public, card.shows_past, card.closed) == (True, True, False)
    assert (card.member_count, card.role, card.people) == (3, "moderator", [])
    assert (card.muted_until, card.may_post) == (None, True)
    assert "ban" in card.acts
    assert "rename" not in card.acts


def test_an_event_is_shaped_as_on_the_wire(group, alice, carol):
    actions.appoint(alice, group.id, carol, Role.OWNER)
    shown = history.messages(carol, group.id).messages[-1]

    assert shown.model_dump(include={"kind", "text", "event", "sender", "seq"}) == {
        "kind": "event",
        "text": "carol is an owner now",
        "event": {
            "code": "appointed",
            "person": {"id": str(carol.pk), "name": "carol"},
            "value": "owner",
            "members": None,
        },
        "sender": {"id": str(alice.pk), "name": "alice"},
        "seq": shown.version,
    }


def test_what_happened_to_deleted_people_is_shown_still(group, alice, bob, carol):
    actions.remove_member(alice, group.id, carol)
    alice.delete()
    carol.delete()

    said = [message.text for message in history.messages(bob, group.id).messages]
    assert "A deleted person removed A deleted person" in said


# Places


def test_a_place_begins_where_ones_history_does(group, room, alice, carol, dave):
    write(alice, group, "one")
    version = consistent(group).version
    actions.add_member(alice, group.id, dave)
    actions.enter_room(dave, room.id)

    mine = history.heads(dave.pk)
    since = place_of(dave, group).joined_at - JUST_BEFORE
    assert (mine[group.id].floor, mine[group.id].since) == (version, since)
    assert (mine[room.id].floor, mine[room.id].since) == (0, None)
    assert history.place(carol.pk, group.id).floor == 0
    actions.clear_history(alice, group.id)
    assert history.place(carol.pk, group.id).floor == version + 1


def test_places_of_many_are_one_query(room, alice, bob, carol, dave, django_assert_num_queries):
    actions.mute(alice, room.id, carol)
    actions.leave(bob, room.id)
    asked = [str(person.pk) for person in (alice, bob, carol, dave)] + ["", "nobody", "9" * 40]
    with django_assert_num_queries(1):
        found = history.places(room.id, asked)

    assert set(found) == {str(alice.pk), str(carol.pk)}
    assert found[str(alice.pk)] == history.place(alice.pk, room.id)
    assert found[str(alice.pk)].standing.role is Role.OWNER
    now = int(timezone.now().timestamp() * 1000)
    assert found[str(alice.pk)].standing.may_post_at(now)
    assert not found[str(carol.pk)].standing.may_post_at(now)
    assert history.places(2**70, asked) == {}


def test_the_inbox_costs_the_same_whatever_the_company(
    group, room, thread, alice, django_assert_max_num_queries
):
    write(alice, thread, "hello")
    with django_assert_max_num_queries(4) as few:
        assert len(history.inbox(alice).threads) == 3
    fill(room, make_people(200))
    write(alice, room, "hello")
    with django_assert_max_num_queries(len(few)):
        assert len(history.inbox(alice).threads) == 3
    with django_assert_max_num_queries(len(few)):
        history.thread(alice, room.id)
