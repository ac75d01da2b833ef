from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from privatemessages.models import Member, Message, Thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(alice, thread):
    def make(**fields):
        fields = {
            "thread": thread,
            "sender": alice,
            "uuid": uuid4(),
            "sent_at": timezone.now(),
        } | fields
        fields = {"seq": 1, "version": 1, "text": "hello"} | fields
        return Message.objects.create(**fields)

    return make


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_the_migrations_are_what_the_models_say():
    call_command("makemigrations", "privatemessages", check=True, dry_run=True, verbosity=0)


def test_a_number_is_given_once_in_a_thread(message, bob):
    message(seq=1)

    refused(lambda: message(seq=1, sender=bob))
    assert message(seq=2).seq == 2


def test_an_identity_is_stored_once(message, bob):
    uuid = uuid4()
    message(seq=1, uuid=uuid)

    refused(lambda: message(seq=2, uuid=uuid))
    assert message(seq=2, uuid=uuid, sender=bob).pk


def test_a_pair_has_one_thread_and_threads_that_are_no_pair_have_none(thread):
    refused(lambda: Thread.objects.create(direct_key=thread.direct_key))

    assert Thread.objects.create(direct_key=None).pk
    assert Thread.objects.create(direct_key=None).pk


def test_a_person_is_a_member_once(thread, alice):
    refused(lambda: Member.objects.create(thread=thread, user=alice, joined_at=timezone.now()))


def test_what_a_person_wrote_stays_when_they_are_deleted(message, thread, alice):
    row = message()
    alice.delete()

    row.refresh_from_db()
    assert row.sender is None
    assert [member.user.username for member in thread.members.all()] == ["bob"]


def test_threads_are_locked_in_one_order(thread):
    """Else two savers of the same threads could wait for each other for ever."""
    locking = Thread.objects.locked({3, 1, 2})

    assert locking.query.order_by == ("id",)
    with transaction.atomic():
        assert list(Thread.objects.locked({thread.id})) == [thread]
        if connection.vendor == "postgresql":
            assert "FOR NO KEY UPDATE" in str(locking.query)


def test_histories_and_places_are_found_by_an_index(alice, thread):
    """Each of these runs at every page or every connect."""
    wanted = {
        ("thread_id", "seq"),
        ("thread_id", "sender_id", "uuid"),
        ("thread_id", "version"),
        ("thread_id", "user_id"),
        ("user_id",),
    }
    with connection.cursor() as cursor:
        found = [
            tuple(constraint["columns"])
            for model in (Message, Member)
            for constraint in connection.introspection.get_constraints(
                cursor, model._meta.db_table
            ).values()
            if constraint["index"] or constraint["unique"]
        ]

    assert wanted <= set(found)
    # Each index costs at every write: none is the beginning of another one.
    assert ("thread_id",) not in found
