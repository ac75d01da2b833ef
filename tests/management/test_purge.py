from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F

from privatemessages import actions
from privatemessages.actions import purging
from privatemessages.models import Message
from tests.actions.consistency import consistent
from tests.messenger import write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits for more than the first portion."""
    monkeypatch.setattr(purging, "PORTION", 3)
    monkeypatch.setattr(purging, "PATIENCE", 0)


def purge():
    output = StringIO()
    call_command("purge", stdout=output)
    return output.getvalue()


def texts(thread):
    return Message.objects.filter(thread=thread, kind="text").count()


def test_nobody_waits_until_a_long_history_is_deleted_and_the_command_deletes_the_rest(
    impatient, group, room, alice
):
    write(alice, room, "kept")
    write(alice, group, *"abcdefgh")
    actions.clear_history(alice, group.id)
    left = Message.objects.filter(thread=group, seq__lte=F("thread__cleared_seq")).count()
    assert left

    assert purge() == f"{left} messages deleted\n"
    assert (texts(group), texts(room)) == (0, 1)
    assert purge() == "0 messages deleted\n"
    consistent(group)


def test_what_is_left_of_a_deleted_thread_goes_too(impatient, group, alice):
    write(alice, group, *"abcdefgh")
    actions.delete_thread(alice, group.id)
    assert texts(group) > 0

    purge()
    assert not Message.objects.filter(thread=group).exists()


def test_what_is_kept_is_not_purged(settings, group, alice):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"KEEP_CLEARED": True}
    write(alice, group, *"abc")
    actions.clear_history(alice, group.id)

    assert purge() == "0 messages deleted\n"
    assert texts(group) == 3
