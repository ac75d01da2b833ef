import random
from datetime import timedelta

import pytest
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.models import Message, Record, Thread
from tests.actions.consistency import consistent
from tests.actions.together import run_together
from tests.messenger import entry, fill, make_people, place_of, write

MONTH = timedelta(days=30)
SEED = 8


def age(thread, up_to, by=2 * MONTH):
    """As if the history up to this number was written so long ago."""
    Message.objects.filter(thread=thread, seq__lte=up_to).update(sent_at=timezone.now() - by)


def prune(kind, portion=actions.PORTION):
    return actions.prune(kind, timezone.now() - MONTH, portion)


def texts(person, thread):
    found = history.messages(person, thread.id).messages
    return [message.text for message in found if message.event is None]


@pytest.mark.django_db
def test_what_is_older_goes_with_its_counts_and_the_rest_stays(thread, alice, bob):
    write(alice, thread, "a", "b")
    write(bob, thread, "c")
    write(alice, thread, "d")
    age(thread, up_to=3)

    assert prune("direct") == (3, 1)

    assert consistent(thread).cleared_seq == 3
    assert texts(bob, thread) == ["d"]
    card = history.thread(bob, thread.id)
    assert (card.total, card.sent, card.unread, card.version) == (1, 0, 1, 4)
    assert prune("direct") == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("portion", [1, 2, 1000])
def test_a_whole_history_goes_in_portions_and_it_goes_on_behind_it(thread, alice, bob, portion):
    write(alice, thread, "a", "b", "c")
    age(thread, up_to=3)

    assert prune("direct", portion) == (3, 1)

    assert consistent(thread).last_message is None
    page = history.messages(bob, thread.id)
    assert (page.messages, page.is_oldest, page.is_newest, page.cleared) == ([], True, True, 3)
    assert write(bob, thread, "d")[0].seq == 4
    consistent(thread)


@pytest.mark.django_db
def test_a_conversation_of_which_nothing_is_left_stays_in_the_inbox(thread, alice, bob):
    write(alice, thread, "a")
    age(thread, up_to=1)
    prune("direct")

    assert [card.id for card in history.inbox(bob).threads] == [thread.id]


@pytest.mark.django_db
def test_each_kind_goes_by_itself(thread, group, room, alice):
    for each in (thread, group, room):
        write(alice, each, "a")
        age(each, up_to=100)

    assert prune("room").threads == 1
    assert (texts(alice, room), texts(alice, group), texts(alice, thread)) == ([], ["a"], ["a"])


@pytest.mark.django_db
def test_newcomers_keep_true_counts(group, alice, bob, dave):
    write(alice, group, "a", "b")
    actions.add_member(alice, group.id, dave)
    came = place_of(dave, group).since_seq
    write(dave, group, "c", "d")
    write(bob, group, "e")
    late = make_people(1)[0]
    actions.add_member(alice, group.id, late)
    write(late, group, "f")

    for last in (came - 1, came + 1, came + 2, came + 4, 1000):
        age(group, up_to=last)
        prune("group")
        consistent(group)
    assert history.thread(late, group.id).total == 0


@pytest.mark.django_db
def test_what_was_stored_late_waits_for_the_newer_before_it(thread, alice, bob):
    write(alice, thread, "a", "b", "c")
    age(thread, up_to=1)
    Message.objects.filter(thread=thread, seq=3).update(sent_at=timezone.now() - 2 * MONTH)

    assert prune("direct") == (1, 1)
    assert texts(bob, thread) == ["b", "c"]
    age(thread, up_to=2)
    assert prune("direct") == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_what_was_cleared_and_kept_goes_by_age_too(group, alice, settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"KEEP_CLEARED": True}
    write(alice, group, "a", "b")
    actions.clear_history(alice, group.id)
    write(alice, group, "c")
    kept = consistent_floor(group)
    age(group, up_to=kept)

    assert prune("group") == (kept, 1)
    thread = consistent(group)
    assert (thread.cleared_seq, texts(alice, thread)) == (kept, ["c"])


def consistent_floor(thread):
    return Thread.objects.get(pk=thread.pk).cleared_seq


@pytest.mark.django_db
def test_what_a_deleted_thread_kept_goes_by_age_too(group, alice, settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"KEEP_CLEARED": True}
    write(alice, group, "a")
    actions.delete_thread(alice, group.id)
    age(group, up_to=100)
    assert Message.objects.filter(thread=group).exists()

    prune("group")
    assert not Message.objects.filter(thread=group).exists()


@pytest.mark.django_db
def test_who_was_away_hears_how_far_it_is_gone_and_misses_nothing_behind(thread, alice, bob):
    write(alice, thread, "a", "b", "c", "d")
    age(thread, up_to=3)
    prune("direct")
    write(bob, thread, "e")

    changes = history.changes(bob, thread.id, 2)
    assert (changes.cleared, changes.version, changes.complete) == (3, 5, True)
    assert [message.seq for message in changes.messages] == [4, 5]


@pytest.mark.django_db
def test_the_address_of_what_is_gone_opens_at_what_is_left(thread, alice, bob):
    write(alice, thread, "a", "b", "c")
    age(thread, up_to=2)
    prune("direct")

    assert [message.seq for message in history.opening(bob, thread.id, at=1).messages] == [3]


@pytest.mark.django_db
def test_what_is_gone_may_still_be_answered(thread, alice, bob):
    write(alice, thread, "a")
    age(thread, up_to=1)
    prune("direct")

    answer, _ = actions.send_message(bob, thread.id, "b", reply_to=1)
    assert answer.reply_to == 1


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_told(thread, alice, told):
    write(alice, thread, "a", "b")
    age(thread, up_to=1)
    told.frames(2)
    prune("direct")

    [frame] = told.of("thread")
    assert (frame["thread"], frame["version"], frame["cleared"]) == (thread.id, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_people_go_on_writing_meanwhile(room, alice, bob, carol):
    fill(room, make_people(3))
    write(alice, room, *"abcdefgh" * 5)
    last = Thread.objects.get(pk=room.pk).version
    age(room, up_to=last)

    def talk(person):
        return lambda: [actions.save_batch([entry(room, person)]) for _ in range(8)]

    jobs = [talk(alice), talk(bob), lambda: prune("room", 3), lambda: prune("room", 2)]
    random.Random(SEED).shuffle(jobs)  # noqa: S311 - no secret
    run_together(*jobs)

    thread = consistent(room)
    assert (thread.cleared_seq, thread.text_count) == (last, 16)


@pytest.mark.django_db
def test_the_record_of_administration_goes_by_age(group, alice):
    actions.rename(alice, group.id, "Old")
    Record.objects.update(made_at=timezone.now() - 2 * MONTH)
    actions.rename(alice, group.id, "New")

    assert actions.prune_records(timezone.now() - MONTH) > 0
    assert list(Record.objects.values_list("detail", flat=True)) == ["New"]
