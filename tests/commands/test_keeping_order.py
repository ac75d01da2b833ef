from datetime import timedelta

import pytest
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.models import Ban, Member, Message, Record
from privatemessages.names import NAME_LIMIT
from tests.messenger import place_of, write

pytestmark = pytest.mark.django_db

COMMANDS = [
    "/invite dave",
    "/kick carol",
    "/kill carol",
    "/ban carol",
    "/unban dave",
    "/mute carol",
    "/unmute carol",
    "/mod carol",
    "/unmod bob",
    "/clear",
]
FOR_OWNERS = ["/mod carol", "/unmod bob", "/clear"]


def belongs(person, thread):
    return Member.objects.of(person.pk).in_thread(thread.id).exists()


def role(person, thread):
    return place_of(person, thread).role


# By those who may


def test_invite(run, bob, gathering, dave):
    assert run(bob, gathering, "/invite dave") == ("dave belongs to this now.", None)
    assert belongs(dave, gathering)
    assert run(bob, gathering, "/invite @dave") == ("dave belonged to this already.", None)


@pytest.mark.parametrize("name", ["kick", "kill"])
def test_kick(run, bob, carol, gathering, name):
    answer = run(bob, gathering, f"/{name} carol was too  loud")

    assert answer == ("carol does not belong to this any more.", None)
    assert not belongs(carol, gathering)
    assert Record.objects.get(act="remove").reason == "was too  loud"
    assert run(bob, gathering, f"/{name} carol")[1] == "not_member"


def test_ban(run, bob, carol, gathering):
    answer = run(bob, gathering, "/ban carol 2h spam and more")

    assert answer == ("carol is kept out. For how long: 2\xa0hours.", None)
    assert not belongs(carol, gathering)
    ban = Ban.objects.get()
    assert ban.reason == "spam and more"
    assert timedelta(minutes=119) < ban.until - timezone.now() <= timedelta(hours=2)
    assert run(bob, gathering, "/invite carol")[1] == "banned"


@pytest.mark.parametrize("rest", ["", " forever", " spam", " forever spam", ' "3 days" long'])
def test_a_ban_without_a_time_is_for_good(run, bob, gathering, carol, rest):
    assert run(bob, gathering, f"/ban @carol{rest}") == ("carol is kept out for good.", None)
    assert Ban.objects.get().until is None


def test_somebody_who_is_not_there_can_be_banned(run, bob, gathering, dave):
    assert run(bob, gathering, "/ban dave") == ("dave is kept out for good.", None)
    assert run(bob, gathering, "/ban nobody")[1] == "not_found"
    assert Ban.objects.get().user == dave


def test_unban(run, bob, carol, gathering):
    actions.ban(bob, gathering.id, carol)

    assert run(bob, gathering, "/unban carol") == ("carol may come back.", None)
    assert not Ban.objects.exists()
    assert run(bob, gathering, "/unban carol")[1] == "not_banned"
    assert run(bob, gathering, "/unban nobody")[1] == "not_found"


def test_an_account_that_was_closed_can_be_unbanned(run, bob, carol, gathering):
    actions.ban(bob, gathering.id, carol)
    carol.is_active = False
    carol.save()
    assert run(bob, gathering, "/unban @Carol") == ("carol may come back.", None)


def test_mute_and_unmute(run, bob, carol, gathering):
    answer = run(bob, gathering, "/mute carol 90m shouts")

    assert answer == ("carol may not write. For how long: 1\xa0hour, 30\xa0minutes.", None)
    assert Record.objects.get(act="mute").reason == "shouts"
    assert run(carol, gathering, "/me shouts")[1] == "may_not_post"
    assert run(bob, gathering, "/unmute carol") == ("carol may write.", None)
    assert run(carol, gathering, "/me whispers") == ("", None)


def test_a_mute_without_a_time_is_for_good(run, bob, carol, gathering):
    assert run(bob, gathering, "/mute carol") == ("carol may not write any more.", None)
    assert run(carol, gathering, "/me shouts")[1] == "may_not_post"


def test_a_muted_person_may_leave(run, bob, carol, gathering):
    run(bob, gathering, "/mute carol")
    assert run(carol, gathering, "/leave")[1] is None
    assert not belongs(carol, gathering)


def test_mod_and_unmod(run, alice, carol, gathering):
    assert run(alice, gathering, "/mod carol") == ("carol is a moderator.", None)
    assert role(carol, gathering) == "moderator"
    assert run(alice, gathering, "/unmod carol") == ("carol is no moderator.", None)
    assert role(carol, gathering) == "member"


def test_clear(run, alice, bob, gathering):
    write(bob, gathering, "one", "two")

    assert run(alice, gathering, "/clear") == ("The history is cleared.", None)
    assert [message.kind for message in history.messages(alice, gathering.id).messages] == ["event"]


def test_staff_who_belong_may_what_their_role_may_not(run, alice, gathering, staff):
    actions.add_member(alice, gathering.id, staff)
    assert run(staff, gathering, "/kick alice")[1] is None
    assert not belongs(alice, gathering)


# By those who may not


def state(thread):
    members = Member.objects.filter(thread=thread, left_at=None)
    return (
        list(members.order_by("pk").values_list("user", "role", "muted_until")),
        Ban.objects.count(),
        Record.objects.count(),
        Message.objects.count(),
    )


@pytest.mark.parametrize("text", COMMANDS)
def test_a_member_keeps_no_order(run, carol, gathering, dave, text):
    before = state(gathering)
    assert run(carol, gathering, text) == ("This is not allowed here.", "forbidden")
    assert state(gathering) == before


@pytest.mark.parametrize("text", FOR_OWNERS)
def test_a_moderator_may_not_do_what_owners_do(run, bob, gathering, text):
    before = state(gathering)
    assert run(bob, gathering, text)[1] == "forbidden"
    assert state(gathering) == before


@pytest.mark.parametrize("text", COMMANDS)
def test_nobody_administers_a_direct_thread(run, alice, bob, carol, thread, dave, text):
    before = state(thread)
    assert run(alice, thread, text)[1] == "forbidden"
    assert state(thread) == before


@pytest.mark.parametrize("text", COMMANDS)
def test_a_stranger_finds_nothing(run, gathering, dave, text):
    before = state(gathering)
    assert run(dave, gathering, text) == ("There is no such conversation.", "not_found")
    assert state(gathering) == before


@pytest.mark.parametrize("name", ["kick", "ban", "mute"])
def test_nobody_acts_on_themselves_nor_on_a_higher_role(run, alice, bob, gathering, name):
    before = state(gathering)
    assert run(bob, gathering, f"/{name} bob")[1] == "on_self"
    assert run(bob, gathering, f"/{name} alice")[1] == "outranked"
    assert state(gathering) == before


# Badly written


@pytest.mark.parametrize(
    "text",
    [
        "/invite",
        "/invite dave carol",
        '/invite "dave',
        "/kick",
        '/kick "carol',
        "/ban",
        "/unban",
        "/unban carol please",
        "/mute",
        "/unmute",
        "/unmute carol now",
        "/mod",
        "/mod carol bob",
        "/unmod",
        "/clear everything",
    ],
)
def test_bad_arguments_show_the_usage(run, alice, gathering, dave, text):
    before = state(gathering)
    told, code = run(alice, gathering, text)
    assert code == "bad_arguments"
    assert told.startswith(f"Write it like this: {text.split()[0]}")
    assert state(gathering) == before


@pytest.mark.parametrize("name", ["ban", "mute"])
@pytest.mark.parametrize("time", ["-5m", "0m", "0d", "999999999w", "11000d", "10", "5x"])
def test_bad_times_are_refused(run, alice, gathering, name, time):
    before = state(gathering)
    assert run(alice, gathering, f"/{name} carol {time} spam")[1] == "bad_duration"
    assert state(gathering) == before


@pytest.mark.parametrize("name", ["kick", "mute", "unmute", "mod", "unmod"])
def test_who_does_not_belong_is_no_member(run, alice, gathering, dave, name):
    assert run(alice, gathering, f"/{name} dave")[1] == "not_member"
    assert run(alice, gathering, f'/{name} ""')[1] == "not_member"


def test_the_longest_reason_is_no_trouble(run, alice, gathering):
    assert run(alice, gathering, "/ban carol " + "x" * 9_000)[1] is None
    assert Ban.objects.get().reason.startswith("x" * NAME_LIMIT)
