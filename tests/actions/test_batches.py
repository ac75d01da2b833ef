from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from privatemessages import actions
from privatemessages.actions import ReadMark
from privatemessages.actions.ledger import CLOCK_SKEW, Ledger
from privatemessages.models import Member, Message, Thread
from privatemessages.times import milliseconds
from tests.messenger import entry, make_person, write


def outcomes(results):
    return [(result.status, result.seq or result.code) for result in results]


def at(moment):
    return milliseconds(moment)


@pytest.fixture
def other_thread(alice, carol):
    return actions.start_direct_thread(alice, carol)[0]


def test_messages_of_many_threads_are_numbered_in_the_order_of_the_batch(
    alice, bob, carol, thread, other_thread
):
    results = actions.save_batch(
        [
            entry(other_thread, carol, "a"),
            entry(thread, alice, "b"),
            entry(thread, bob, "c"),
            entry(other_thread, alice, "d"),
        ]
    )

    assert outcomes(results) == [("stored", 1), ("stored", 1), ("stored", 2), ("stored", 2)]
    assert [m.text for m in thread.messages.in_order()] == ["b", "c"]
    assert [m.text for m in other_thread.messages.in_order()] == ["a", "d"]


def test_everything_is_counted_as_when_it_is_sent_from_django(alice, bob, thread):
    write(alice, thread, "one")
    actions.save_batch([entry(thread, bob, "two"), entry(thread, alice, "three")])

    thread.refresh_from_db()
    assert (thread.version, thread.text_count, thread.last_message.text) == (3, 3, "three")
    counts = dict(Member.objects.values_list("user__username", "sent_count"))
    assert counts == {"alice": 2, "bob": 1}


def test_saving_twice_is_saving_once(alice, bob, thread):
    batch = [entry(thread, alice, "one"), entry(thread, bob, "two")]

    assert outcomes(actions.save_batch(batch)) == [("stored", 1), ("stored", 2)]
    assert outcomes(actions.save_batch(batch)) == [("duplicate", 1), ("duplicate", 2)]
    assert Message.objects.count() == 2
    assert Thread.objects.get().version == 2


def test_a_duplicate_within_a_batch_is_one(alice, thread):
    spoken = entry(thread, alice)

    assert outcomes(actions.save_batch([spoken, spoken])) == [("stored", 1), ("duplicate", 1)]
    assert Message.objects.count() == 1
    assert Member.objects.get(user=alice).sent_count == 1


def test_what_was_sent_from_django_first_is_a_duplicate(alice, thread):
    uuid = uuid4()
    actions.send_message(alice, thread.id, "once", uuid=uuid)

    assert outcomes(actions.save_batch([entry(thread, alice, "once", id=str(uuid))])) == [
        ("duplicate", 1)
    ]


def test_an_id_belongs_to_its_sender_and_thread(alice, bob, thread, other_thread):
    uuid = str(uuid4())
    batch = [
        entry(thread, alice, "hers", id=uuid),
        entry(thread, bob, "his", id=uuid),
        entry(other_thread, alice, "hers, elsewhere", id=uuid),
    ]

    assert outcomes(actions.save_batch(batch)) == [("stored", 1), ("stored", 2), ("stored", 1)]
    assert outcomes(actions.save_batch(batch)) == [
        ("duplicate", 1),
        ("duplicate", 2),
        ("duplicate", 1),
    ]


def test_one_bad_entry_spoils_no_other(alice, bob, carol, thread):
    bad = {
        "not_found": [
            entry(thread, carol),
            entry(thread, alice).model_copy(update={"thread": thread.id + 1000}),
            entry(thread, alice).model_copy(update={"thread": 2**63 - 1}),
            *(
                entry(thread, alice).model_copy(update={"sender": sender})
                for sender in (
                    "",
                    "0",
                    "nobody",
                    "1.0",
                    f" {alice.pk}",
                    f"0{alice.pk}",
                    "9" * 30,
                    "\x00",
                )
            ),
        ],
        "empty": [entry(thread, alice, ""), entry(thread, alice, " \n ")],
        "too_long": [entry(thread, alice, "x" * 10_001)],
        "bad_text": [entry(thread, alice, "a\x00b")],
        "malformed": [
            entry(thread, alice, id="none"),
            entry(thread, alice, id=str(uuid4()).upper()),
            entry(thread, alice, reply_to=99),
        ],
    }
    for code, entries in bad.items():
        for spoilt in entries:
            before = Thread.objects.get().version
            results = actions.save_batch([entry(thread, alice), spoilt, entry(thread, bob)])

            assert outcomes(results) == [
                ("stored", before + 1),
                ("refused", code),
                ("stored", before + 2),
            ], spoilt
    assert Thread.objects.get().version == Message.objects.count()


def test_a_batch_of_nothing_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(2):  # a savepoint, and its release
        assert actions.save_batch([], []) == []


def test_an_answer_to_a_message_of_the_same_batch_is_stored(alice, bob, thread):
    results = actions.save_batch([entry(thread, alice), entry(thread, bob, reply_to=1)])

    assert outcomes(results) == [("stored", 1), ("stored", 2)]
    assert Message.objects.get(seq=2).reply_to == 1


def test_belonging_is_judged_by_the_moment_of_acceptance(alice, bob, thread):
    left = timezone.now() - timedelta(hours=1)
    Member.objects.filter(user=bob).update(left_at=left, joined_at=left - timedelta(hours=1))
    minute = timedelta(minutes=1)

    results = actions.save_batch(
        [
            entry(thread, bob, "before joining", sent_at=at(left - timedelta(hours=2))),
            entry(
                thread,
                bob,
                "a skewed clock",
                sent_at=at(left - timedelta(hours=1) - CLOCK_SKEW / 2),
            ),
            entry(thread, bob, "in time", sent_at=at(left - minute)),
            entry(thread, bob, "too late", sent_at=at(left + minute)),
        ]
    )

    assert [result.status for result in results] == ["refused", "stored", "stored", "refused"]


def test_what_was_accepted_before_somebody_became_inactive_is_stored(alice, bob, thread):
    get_user_model().objects.update(is_active=False)

    assert outcomes(actions.save_batch([entry(thread, alice), entry(thread, bob)])) == [
        ("stored", 1),
        ("stored", 2),
    ]


def test_a_clock_from_the_future_does_not_rule_the_inbox(alice, thread):
    actions.save_batch([entry(thread, alice, sent_at=2**62)])

    thread.refresh_from_db()
    assert thread.last_message_at <= timezone.now() + timedelta(seconds=6)


def test_the_time_of_the_last_message_does_not_go_back(alice, thread):
    write(alice, thread, "now")
    latest = Thread.objects.get().last_message_at
    Member.objects.update(joined_at=latest - timedelta(days=2))
    actions.save_batch([entry(thread, alice, "late", sent_at=at(latest - timedelta(days=1)))])

    thread.refresh_from_db()
    assert thread.last_message.text == "late"
    assert thread.last_message_at == latest


def test_times_are_kept_to_the_millisecond(alice, thread):
    spoken = entry(thread, alice)
    actions.save_batch([spoken])

    assert milliseconds(Message.objects.get().sent_at) == spoken.sent_at


def test_marks_are_clamped_and_move_forwards_only(alice, bob, carol, thread):
    write(alice, thread, "one", "two")

    def mark(person, seq):
        return ReadMark(thread=thread.id, user=str(person.pk), seq=seq)

    # The highest counts, and what the same batch stores counts too.
    actions.save_batch([entry(thread, alice)], [mark(bob, 1), mark(bob, 99), mark(carol, 1)])
    assert Member.objects.get(user=bob).read_seq == 3

    actions.save_batch([], [mark(bob, 2), mark(alice, 2)])
    assert Member.objects.get(user=bob).read_seq == 3
    assert Member.objects.get(user=alice).read_seq == 2
    assert Member.objects.count() == 2


def test_a_mark_that_overtakes_a_batch_is_not_moved_back(alice, bob, thread, monkeypatch):
    """mark_read takes no lock of the thread, so it may come between the batch's look and write."""
    write(alice, thread, "one", "two", "three")
    write_down = Ledger.write

    def overtaken(ledger):
        Member.objects.filter(user=bob).update(read_seq=3)
        return write_down(ledger)

    monkeypatch.setattr(Ledger, "write", overtaken)
    actions.save_batch([], [ReadMark(thread=thread.id, user=str(bob.pk), seq=1)])

    assert Member.objects.get(user=bob).read_seq == 3


def test_marks_of_nobody_are_dropped(alice, thread):
    marks = [
        ReadMark(thread=thread.id, user="nobody", seq=1),
        ReadMark(thread=thread.id + 1000, user=str(alice.pk), seq=1),
    ]

    assert outcomes(actions.save_batch([entry(thread, alice)], marks)) == [("stored", 1)]
    assert Member.objects.get(user=alice).read_seq == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_is_told_once_for_each_thread_and_duplicates_again(
    bob, carol, thread, other_thread, told
):
    alice = get_user_model().objects.get(username="alice")
    first, second, third = entry(thread, alice), entry(thread, bob), entry(thread, alice)
    elsewhere = entry(other_thread, carol)

    actions.save_batch([first])
    told.frames(1)
    actions.save_batch([second, elsewhere, first, third])

    frames = {frame["thread"]: frame["messages"] for frame in told.of("stored", 2)}
    assert frames == {
        thread.id: [
            {"sender": spoken.sender, "id": spoken.id, "seq": seq}
            for seq, spoken in enumerate([first, second, third], 1)
        ],
        other_thread.id: [{"sender": elsewhere.sender, "id": elsewhere.id, "seq": 1}],
    }


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_told_to_the_thread(alice, carol, thread, told):
    spoken = entry(thread, carol)
    actions.save_batch([entry(thread, alice), spoken])

    (refused,) = told.of("refused", 2)
    assert refused == {
        "type": "refused",
        "thread": thread.id,
        "sender": str(carol.pk),
        "id": spoken.id,
        "code": "not_found",
    }


@pytest.mark.django_db(transaction=True)
def test_a_mark_is_told_only_where_it_moves(alice, bob, thread, told):
    write(alice, thread, "one")
    told.frames(1)
    mark = ReadMark(thread=thread.id, user=str(bob.pk), seq=5)

    actions.save_batch([], [mark, mark])
    assert [(frame["user"], frame["seq"]) for frame in told.of("read")] == [(str(bob.pk), 1)]

    actions.save_batch([], [mark])
    assert told.frames() == []


def test_the_number_of_queries_does_not_grow_with_the_batch(
    alice, bob, thread, django_assert_num_queries
):
    people = [make_person(f"person{n}") for n in range(10)]
    threads = [thread] + [actions.start_direct_thread(alice, person)[0] for person in people]
    # SQLite takes 999 values in one statement: 90 messages.
    batches = [
        [entry(thread, alice)],
        [entry(threads[n % len(threads)], alice) for n in range(90)],
    ]
    for batch in batches:
        # Savepoint; threads, members, known; insertion, threads, counts; release.
        with django_assert_num_queries(8):
            results = actions.save_batch(batch)
        assert {result.status for result in results} == {"stored"}

    marks = [ReadMark(thread=one.id, user=str(alice.pk), seq=1) for one in threads]
    for some in (marks[:1], marks):
        Member.objects.update(read_seq=0)
        with django_assert_num_queries(9):  # and the marks
            actions.save_batch([entry(thread, alice)], some)
        assert Member.objects.filter(read_seq=1).count() == len(some)
