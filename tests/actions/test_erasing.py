from copy import copy
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models

from privatemessages import actions, history, wiring
from privatemessages.actions import erasing, erasing_messages
from privatemessages.broker import keys
from privatemessages.errors import NoSuchPerson
from privatemessages.models import Ban, Member, Message, Preferences, Record, Thread
from privatemessages.sessions import session_digest
from tests.actions.consistency import consistent
from tests.messenger import entry, place_of, write
from tests.test_monitoring import lay

pytestmark = pytest.mark.django_db


def sign_in(person):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return store.session_key


def said(person, thread):
    found = history.messages(person, thread.id).messages
    return [(it.sender and it.sender.name, it.event.code if it.event else it.text) for it in found]


def left(model, person):
    """Rows that still name the person, by any of their columns."""
    columns = [f.name for f in model._meta.concrete_fields if f.related_model is type(person)]
    assert columns, model
    return model.objects.filter(
        models.Q(*[(column, person.pk) for column in columns], _connector=models.Q.OR)
    )


# Everything of theirs


@pytest.mark.parametrize("removes", [False, True])
def test_nothing_names_them_any_more(thread, group, room, alice, bob, removes):
    write(alice, thread, "a")
    write(alice, group, "b")
    actions.rename(alice, group.id, "Friends of alice")
    actions.set_preferences(alice, shows_typing=False)
    actions.leave(alice, room.id)
    Ban.objects.create(thread=room, user=alice)
    pk, records = alice.pk, Record.objects.count()

    actions.erase_person(alice, removes_messages=removes)

    alice.pk = pk
    assert not get_user_model().objects.filter(pk=pk).exists()
    for model in (Member, Message, Record, Preferences, Ban):
        assert not left(model, alice).exists(), model
    assert Record.objects.count() >= records
    names = Record.objects.values_list("actor_name", "person_name")
    assert "alice" not in {name for pair in names for name in pair}
    assert "bob" in {name for pair in names for name in pair}


def test_kept_messages_are_a_deleted_persons(thread, alice, bob):
    write(alice, thread, "a", "b")
    write(bob, thread, "c")

    assert actions.erase_person(alice) == (1, 2)

    assert said(bob, thread) == [(None, "a"), (None, "b"), ("bob", "c")]
    card = history.thread(bob, thread.id)
    assert (card.total, card.sent, card.received, card.may_post) == (3, 1, 2, False)
    assert consistent(thread).version == 3


def test_removed_messages_leave_a_note_in_their_places(thread, group, alice, bob):
    write(alice, thread, "a")
    write(bob, thread, "b")
    write(alice, thread, "c", "d")
    write(alice, group, "e")

    assert actions.erase_person(alice, removes_messages=True) == (2, 4)

    note = (None, "erased")
    assert said(bob, thread) == [note, ("bob", "b"), note, note]
    card = history.thread(bob, thread.id)
    assert (card.total, card.sent, card.received, card.unread) == (1, 1, 0, 0)
    assert card.last_message.text == "b"
    assert not Message.objects.filter(text__in="acde").exists()
    assert [consistent(each).text_count for each in (thread, group)] == [1, 0]


def test_who_was_away_learns_of_each_that_was_removed(thread, alice, bob):
    write(alice, thread, "a", "b")
    write(bob, thread, "c")
    actions.erase_person(alice, removes_messages=True)
    write_after = Thread.objects.get(pk=thread.pk).version

    changes = history.changes(bob, thread.id, 3)
    assert [(it.seq, it.version, it.event.code) for it in changes.messages] == [
        (1, 4, "erased"),
        (2, 5, "erased"),
    ]
    assert (changes.version, changes.complete, write_after) == (5, True, 5)


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_told_of_each_that_was_removed(thread, alice, bob, told):
    first = write(alice, thread, "a", "b")[0]
    told.frames(2)
    actions.erase_person(alice, removes_messages=True)

    frames = told.of("message", 2)
    assert [(it["seq"], it["version"], it["sender"], it["text"]) for it in frames] == [
        (1, 3, None, "A message by a deleted person was removed"),
        (2, 4, None, "A message by a deleted person was removed"),
    ]
    assert frames[0]["id"] == str(first.uuid)


def test_many_go_in_portions_with_true_counts(group, alice, bob, dave, monkeypatch):
    monkeypatch.setattr(erasing_messages, "PORTION", 2)
    monkeypatch.setattr(erasing_messages, "ROWS_AT_ONCE", 2)
    write(alice, group, *"abc")
    write(bob, group, "d")
    actions.add_member(bob, group.id, dave)
    write(alice, group, *"ef")
    write(dave, group, "g")

    assert actions.erase_person(alice, removes_messages=True).messages == 5
    consistent(group)
    assert history.thread(dave, group.id).total == 1
    assert history.thread(bob, group.id).total == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_cleared_and_kept_goes_without_a_note(group, alice, bob, settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"KEEP_CLEARED": True}
    write(alice, group, "a")
    actions.clear_history(alice, group.id)

    actions.erase_person(alice, removes_messages=True)
    assert not Message.objects.filter(text="a").exists()
    assert not Message.objects.filter(event="erased").exists()


def test_the_log_of_the_admin_keeps_what_was_done_and_not_to_whom(alice, bob, carol):
    kind = ContentType.objects.get_for_model(get_user_model())
    for person in (alice, bob):
        LogEntry.objects.create(
            user=carol,
            content_type=kind,
            object_id=str(person.pk),
            object_repr=str(person),
            action_flag=CHANGE,
        )
    actions.erase_person(alice)

    entries = LogEntry.objects.order_by("pk").values_list("action_flag", "object_repr")
    assert list(entries) == [(CHANGE, ""), (CHANGE, "bob")]


# Their places


def test_what_they_owned_has_another_owner(group, alice, bob):
    actions.erase_person(alice)

    assert consistent(group).member_count == 2
    assert place_of(bob, group).role == "owner"
    assert said(bob, group)[-2:] == [(None, "left"), (None, "appointed")]


def test_the_other_one_of_a_pair_keeps_the_history_and_a_namesake_begins_anew(thread, alice, bob):
    write(bob, thread, "a")
    actions.erase_person(alice)

    card = history.thread(bob, thread.id)
    assert (card.title, card.may_post) == ("A deleted person", False)
    assert consistent(thread).direct_key is None
    again = get_user_model().objects.create(pk=alice.pk or 99, username="alice")
    assert actions.start_direct_thread(again, bob)[0].id != thread.id


@pytest.mark.parametrize(
    "begin",
    [
        lambda group, gone, other: actions.start_direct_thread(gone, other),
        lambda group, gone, other: actions.start_direct_thread(other, gone),
        lambda group, gone, other: actions.make_group(gone, "of the past", [other]),
        lambda group, gone, other: actions.make_group(other, "of the past", [gone]),
        lambda group, gone, other: actions.add_member(other, group.id, gone),
    ],
)
def test_nothing_begins_for_them_in_a_request_that_outlives_them(group, dave, alice, begin):
    as_read = copy(dave)
    actions.erase_person(dave)

    with pytest.raises(NoSuchPerson):
        begin(group, as_read, alice)

    assert Thread.objects.get() == group


def test_the_account_alone_leaves_a_pair_as_true(thread, alice, bob):
    """As the admin deletes it."""
    alice.delete()

    assert consistent(thread).direct_key is None
    assert thread.members.get().user_id == bob.pk


@pytest.mark.parametrize("removes", [False, True])
def test_what_was_only_spoken_is_refused_then(thread, alice, bob, removes):
    spoken = entry(thread, alice)
    actions.erase_person(alice, removes_messages=removes)

    [result] = actions.save_batch([spoken])
    assert (result.status, result.code) == ("refused", "not_found")


def test_what_was_stored_meanwhile_is_removed_too(thread, alice, bob, monkeypatch):
    """A worker saves what was spoken, between their being shut out and the end of their place."""
    shut_out = erasing._shut_out

    def shut_out_late(person):
        shut_out(person)
        assert actions.save_batch([spoken])[0].status == "stored"

    spoken = entry(thread, alice)
    monkeypatch.setattr(erasing, "_shut_out", shut_out_late)
    actions.erase_person(alice, removes_messages=True)

    assert said(bob, thread) == [(None, "erased")]


# Their sessions


@pytest.mark.django_db(transaction=True)
def test_their_sessions_end_and_the_workers_hear_of_it(alice, bob, told):
    mine, other = sign_in(alice), sign_in(bob)
    told.frames()
    actions.erase_person(alice)

    assert list(Session.objects.values_list("pk", flat=True)) == [other]
    frames = [frame for _, frame in told.frames(2)]
    assert {"type": "session_ended", "session": session_digest(mine)} in frames
    assert {"type": "recheck"} in frames


# What Redis knows


def test_redis_forgets_them(redis_server, thread, alice, bob):
    wiring.broker.cache_clear()
    lay(redis_server, keys.dead, thread, alice, "private", reason="Django answered 500")
    lay(redis_server, keys.dead, thread, bob, "kept", reason="Django answered 500")
    with redis_server.client() as client:
        client.zadd(keys.SEEN, {str(alice.pk): 1, str(bob.pk): 2})

        actions.forget_in_redis(str(alice.pk))

        assert client.zrange(keys.SEEN, 0, -1) == [str(bob.pk)]
        [(_, fields)] = client.xrange(keys.dead(thread.id % 16))
    assert "kept" in fields["frame"]


# When something goes wrong


def test_who_is_protected_is_left_as_they_were(thread, alice, monkeypatch):
    write(alice, thread, "a")
    protecting = Message._meta.get_field("sender").remote_field
    monkeypatch.setattr(protecting, "on_delete", models.PROTECT)

    with pytest.raises(models.ProtectedError):
        actions.erase_person(alice)
    alice.refresh_from_db()
    assert (alice.is_active, alice.has_usable_password()) == (True, True)
    assert place_of(alice, thread).left_at is None


@pytest.mark.parametrize("step", ["_end_places", "remove_messages", "unsign_messages"])
def test_who_was_stopped_in_between_goes_on(thread, group, alice, bob, monkeypatch, step):
    write(alice, thread, "a", "b")
    act = getattr(erasing, step)

    def stop(person):
        act(person)
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr(erasing, step, stop)
        with pytest.raises(KeyboardInterrupt):
            actions.erase_person(alice, removes_messages=True)
    again = get_user_model().objects.get(pk=alice.pk)
    assert again.is_active is False
    actions.erase_person(again, removes_messages=True)

    assert said(bob, thread) == [(None, "erased")] * 2
    consistent(group)
