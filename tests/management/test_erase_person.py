from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import models

from privatemessages import wiring
from privatemessages.broker import keys, presence
from privatemessages.management.commands import erase_person
from privatemessages.models import Message
from tests.messenger import write
from tests.test_monitoring import redis_away  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def broker(redis_server):
    """Of the Redis of this test."""
    wiring.broker.cache_clear()


def erase(*words):
    output = StringIO()
    call_command("erase_person", *map(str, words), stdout=output)
    return output.getvalue().splitlines()


def accounts():
    return set(get_user_model().objects.values_list("username", flat=True))


def answer(monkeypatch, words):
    monkeypatch.setattr("builtins.input", lambda _: words)


def test_a_dry_run_says_how_much_there_is(thread, group, alice):
    write(alice, thread, "a", "b")
    [said] = erase("alice", "--dry-run")

    assert "2 places and 0 sessions would go; 2 messages would stay without a name" in said
    assert "2 messages would be removed" in erase("alice", "--dry-run", "--messages=remove")[0]
    assert "alice" in accounts()


def test_it_asks_for_the_name(thread, alice, monkeypatch):
    answer(monkeypatch, "yes")
    with pytest.raises(CommandError, match="nothing was changed"):
        erase("alice")
    assert "alice" in accounts()

    answer(monkeypatch, "alice")
    assert erase("alice")[1:] == [
        "Erased: 1 places ended, 0 messages kept without a name.",
        "What Redis knew of them is forgotten.",
    ]
    assert "alice" not in accounts()


@pytest.mark.parametrize(
    ("choice", "texts"),
    [((), ["a"]), (("--messages=keep",), ["a"]), (("--messages=remove",), [""])],
)
def test_messages_are_kept_unless_they_are_to_be_removed(thread, alice, choice, texts):
    write(alice, thread, "a")
    erase("--id", alice.pk, "--noinput", *choice)

    rows = Message.objects.filter(thread=thread)
    assert list(rows.values_list("text", "sender")) == [(text, None) for text in texts]


def test_who_is_protected_is_left_alone_with_a_sentence(thread, alice, monkeypatch):
    write(alice, thread, "a")
    protecting = Message._meta.get_field("sender").remote_field
    monkeypatch.setattr(protecting, "on_delete", models.PROTECT)

    with pytest.raises(CommandError, match=r"does not let this account be deleted.* Nothing was"):
        erase("alice", "--noinput")


def test_without_redis_it_says_what_is_left_to_do_and_does_it_then(
    redis_away,  # noqa: F811 - the fixture
    redis_server,
    alice,
):
    pk = alice.pk
    with pytest.raises(CommandError, match=f"erase_person --id {pk}` again"):
        erase("alice", "--noinput")
    assert "alice" not in accounts()


def test_what_is_left_in_redis_of_a_deleted_account_goes_by_its_id(redis_server, alice):
    pk = alice.pk
    alice.delete()
    with redis_server.client() as client:
        client.zadd(keys.SEEN, {str(pk): 1})

        assert erase("--id", pk) == [
            "There is no account of this id.",
            "What Redis knew of them is forgotten.",
        ]
        assert not client.exists(keys.SEEN)


def test_it_waits_until_the_workers_have_noted_that_they_went(redis_server, alice, monkeypatch):
    """The worker tells that nobody is there, and notes when that was, a moment later."""
    pk, naps = str(alice.pk), []
    with redis_server.client() as client:
        for command in presence.tell(
            "worker", {presence.of_person(pk): [pk]}, 10**13, 60_000, afresh=True
        ):
            client.execute_command(*command)

        def worker_goes_on(seconds):
            naps.append(seconds)
            client.delete(keys.present("worker"))
            client.zadd(keys.SEEN, {pk: 1})

        monkeypatch.setattr(erase_person.time, "sleep", worker_goes_on)
        erase("alice", "--noinput")
        assert (len(naps), client.exists(keys.SEEN)) == (2, 0)
