from uuid import uuid4

import pytest
from django.db import transaction

from privatemessages import actions, counters, wiring
from privatemessages.errors import BadText, Empty, Malformed, MayNotPost, NotFound, TooLong
from privatemessages.models import Member, Message, Thread
from tests.messenger import write


def test_a_message_gets_the_next_number_of_its_thread(alice, bob, thread):
    write(alice, thread, "one")
    write(bob, thread, "two")
    message, created = actions.send_message(alice, thread.id, "  three \n")

    assert created
    assert (message.seq, message.version, message.text) == (3, 3, "three")
    assert [m.seq for m in Message.objects.in_order()] == [1, 2, 3]


def test_the_thread_and_the_sender_are_counted_with_it(alice, bob, thread):
    message = write(alice, thread, "one", "two")[-1]
    write(bob, thread, "three")

    thread.refresh_from_db()
    assert (thread.version, thread.text_count) == (3, 3)
    assert thread.last_message.text == "three"
    assert thread.last_message_at == thread.last_message.sent_at >= message.sent_at
    counts = dict(Member.objects.values_list("user__username", "sent_count"))
    assert counts == {"alice": 2, "bob": 1}


def test_the_same_id_again_is_the_same_message(alice, thread):
    uuid = uuid4()
    first, created = actions.send_message(alice, thread.id, "once", uuid=uuid)
    second, created_again = actions.send_message(alice, thread.id, "twice", uuid=uuid)

    assert (created, created_again) == (True, False)
    assert second == first
    assert second.text == "once"
    assert Message.objects.count() == 1


def test_somebody_elses_id_is_an_id_of_ones_own(alice, bob, thread):
    uuid = uuid4()
    actions.send_message(alice, thread.id, "hers", uuid=uuid)
    message, created = actions.send_message(bob, thread.id, "his", uuid=uuid)

    assert created
    assert message.seq == 2
    assert [m.text for m in Message.objects.in_order()] == ["hers", "his"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", Empty),
        (" \n\t ", Empty),
        ("x" * 10_001, TooLong),
        ("a\x00b", BadText),
        ("a\ud800b", BadText),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused(alice, thread, text, error):
    with pytest.raises(error):
        actions.send_message(alice, thread.id, text)

    assert not Message.objects.exists()


def test_the_longest_text_is_stored_whole(alice, thread):
    message = write(alice, thread, "\N{GRINNING FACE}" * 10_000)[0]

    message.refresh_from_db()
    assert len(message.text) == 10_000


def test_a_thread_of_others_does_not_exist(carol, thread):
    for thread_id in (thread.id, thread.id + 1000, 2**70):
        with pytest.raises(NotFound):
            actions.send_message(carol, thread_id, "let me in")

    assert not Message.objects.exists()


def test_nobody_writes_to_somebody_inactive_or_gone(alice, bob, thread):
    bob.is_active = False
    bob.save()
    with pytest.raises(MayNotPost):
        actions.send_message(alice, thread.id, "are you there?")

    bob.delete()
    with pytest.raises(MayNotPost):
        actions.send_message(alice, thread.id, "are you there?")


def test_somebody_inactive_does_not_write(alice, thread):
    alice.is_active = False
    alice.save()

    with pytest.raises(MayNotPost):
        actions.send_message(alice, thread.id, "I am not here")


def test_repeating_what_was_stored_is_answered_although_it_would_be_refused_now(alice, bob, thread):
    uuid = uuid4()
    message, _ = actions.send_message(alice, thread.id, "in time", uuid=uuid)
    bob.is_active = False
    bob.save()

    assert actions.send_message(alice, thread.id, "in time", uuid=uuid) == (message, False)


def test_an_answer_names_a_message_that_exists(alice, bob, thread):
    write(alice, thread, "one")
    message, _ = actions.send_message(bob, thread.id, "an answer", reply_to=1)
    assert message.reply_to == 1

    for number in (0, 3, 99):
        with pytest.raises(Malformed):
            actions.send_message(bob, thread.id, "an answer", reply_to=number)
    assert Thread.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_it_is_told_whole_to_the_thread(alice, thread, told):
    message = write(alice, thread, "hello")[0]

    ((channel, frame),) = told.frames(1)
    assert channel == f"pm:{{{thread.id % 16}}}:thread:{thread.id}"
    assert frame["sender"] == {"id": str(alice.pk), "name": "alice"}
    assert (frame["type"], frame["id"], frame["text"]) == ("message", str(message.uuid), "hello")
    assert (frame["seq"], frame["version"]) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_it_is_told_only_after_the_commit(alice, thread, told):
    with transaction.atomic():
        write(alice, thread, "hello")
        assert told.frames() == []

    assert [frame["text"] for frame in told.of("message")] == ["hello"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_told(alice, thread, told):
    with transaction.atomic():
        write(alice, thread, "hello")
        transaction.set_rollback(True)

    assert told.frames() == []
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_telling_that_fails_is_counted_and_fails_nothing(alice, thread, settings, caplog):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    before = counters.untold._value.get()
    wiring.broker.cache_clear()
    try:
        message, created = actions.send_message(alice, thread.id, "hello")
    finally:
        wiring.broker.cache_clear()

    assert created
    assert Message.objects.get() == message
    assert counters.untold._value.get() == before + 1
    assert "not told" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_telling_that_fails_as_nobody_expected_is_loud_and_fails_nothing(
    alice, thread, told, monkeypatch, caplog
):
    def publish(_):
        raise RuntimeError("this user may not publish")

    before = counters.untold._value.get()
    monkeypatch.setattr(wiring.broker(), "publish", publish)
    message, created = actions.send_message(alice, thread.id, "hello")

    assert created
    assert Message.objects.get() == message
    assert counters.untold._value.get() == before + 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "this user may not publish" in caplog.text


def test_writing_takes_the_same_few_queries_always(alice, thread, django_assert_num_queries):
    for _ in range(2):
        # The place; savepoint, lock, members, known, insertion, thread, counts, release.
        with django_assert_num_queries(9):
            write(alice, thread, "hello")
