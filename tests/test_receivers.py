import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import RequestFactory

from privatemessages import wiring
from privatemessages.sessions import session_digest
from tests.messenger import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

LOGOUT = "/accounts/logout/"


def test_signing_out_is_told_when_the_session_is_gone(client, alice, told, monkeypatch):
    """A worker that reads the session on hearing of it must not find it."""
    client.force_login(alice)
    key = client.session.session_key
    assert Session.objects.filter(pk=key).exists()
    publish, there = wiring.broker().publish, []

    def look_and_publish(tellings):
        there.append(Session.objects.filter(pk=key).exists())
        publish(tellings)

    monkeypatch.setattr(wiring.broker(), "publish", look_and_publish)
    client.post(LOGOUT)

    assert there == [False]
    frame = {"type": "session_ended", "session": session_digest(key)}
    assert told.frames(1) == [(f"pm:user:{alice.pk}", frame)]


def test_signing_out_within_a_transaction_is_told_after_it(client, alice, told):
    client.force_login(alice)
    with transaction.atomic():
        client.post(LOGOUT)
        assert told.frames() == []

    assert [frame["type"] for _, frame in told.frames(1)] == ["session_ended"]


def test_other_sessions_of_the_person_go_on(client, alice, told):
    client.force_login(alice)
    other = type(client)()
    other.force_login(alice)

    client.post(LOGOUT)

    assert other.get("/messages/").status_code == 200


def test_nobody_signing_out_is_nothing(client, db, told):
    client.post(LOGOUT)
    request = RequestFactory().post(LOGOUT)
    request.session = client.session
    user_logged_out.send(sender=None, request=request, user=None)

    assert told.frames() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda person: person.save(),
        lambda person: person.save(update_fields=["password"]),
        lambda person: person.save(update_fields=["last_name", "is_active"]),
        lambda person: person.delete(),
    ],
)
def test_a_change_of_rights_makes_the_workers_look_again(bob, told, change):
    pk = bob.pk
    change(bob)

    assert told.frames(1) == [(f"pm:user:{pk}", {"type": "recheck"})]


def deactivate(person):
    person.is_active = False
    person.save()


def test_who_is_shut_out_makes_them_look_again_at_whom_they_talked_to(
    alice, bob, carol, thread, told
):
    pk = bob.pk
    told.frames()
    deactivate(bob)

    recheck = {"type": "recheck"}
    channels = [f"pm:user:{pk}", f"pm:user:{alice.pk}"]
    assert sorted(told.frames(2)) == sorted((channel, recheck) for channel in channels)


def test_who_is_deleted_leaves_those_they_talked_to(alice, bob, carol, thread, told):
    pk = bob.pk
    told.frames()
    bob.delete()

    assert told.frames(3) == [
        (f"pm:user:{pk}", {"type": "removed", "thread": thread.id}),
        (f"pm:user:{alice.pk}", {"type": "rights_changed", "thread": thread.id}),
        (f"pm:user:{pk}", {"type": "recheck"}),
    ]


@pytest.mark.parametrize("fields", [["last_login"], ["first_name"], []])
def test_other_changes_do_not(bob, told, fields):
    bob.save(update_fields=fields)

    assert told.frames() == []


def test_signing_in_and_being_made_do_not(client, bob, told):
    assert client.login(username="bob", password=PASSWORD)
    get_user_model().objects.create(username="somebody")

    assert told.frames() == []


def test_a_change_that_is_rolled_back_does_not(bob, told):
    with transaction.atomic():
        bob.save()
        transaction.set_rollback(True)

    assert told.frames() == []
