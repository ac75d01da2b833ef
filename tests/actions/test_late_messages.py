"""What was spoken is judged by its moment, however late it comes to be stored."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.actions import ReadMark
from privatemessages.actions.ledger import CLOCK_SKEW
from privatemessages.models import JUST_BEFORE, Member, Stay
from privatemessages.times import milliseconds
from tests.actions.consistency import consistent
from tests.messenger import entry, fill, make_people, place_of

MINUTE = timedelta(minutes=1)
A_LITTLE = timedelta(milliseconds=2)
STORED = ("stored", None)
NOT_FOUND = ("refused", "not_found")
MAY_NOT_POST = ("refused", "may_not_post")


def said(clock_time, thread, person, text="late"):
    return entry(thread, person, text, sent_at=milliseconds(clock_time))


def outcome(*entries):
    return [(result.status, result.code) for result in actions.save_batch(entries)]


@pytest.fixture(params=["group", "room"])
def gathering(request):
    """It has been there for a day."""
    thread = request.getfixturevalue(request.param)
    Member.objects.update(joined_at=timezone.now() - timedelta(days=1))
    return thread


@pytest.fixture
def moments(clock):
    """Names of moments, a minute between two of them."""

    def now():
        clock.move(seconds=60)
        moment = timezone.now()
        clock.move(seconds=60)
        return moment

    return now


def test_what_was_spoken_before_leaving_is_stored(gathering, moments, carol):
    before = moments()
    actions.leave(carol, gathering.id)
    after = moments()

    assert outcome(said(before, gathering, carol), said(after, gathering, carol)) == [
        STORED,
        NOT_FOUND,
    ]
    consistent(gathering)


@pytest.mark.parametrize("expel", [actions.remove_member, actions.ban])
def test_what_was_spoken_after_a_removal_is_refused(gathering, moments, bob, carol, expel):
    before = moments()
    expel(bob, gathering.id, carol)
    after = moments()

    assert outcome(said(before, gathering, carol), said(after, gathering, carol)) == [
        STORED,
        NOT_FOUND,
    ]
    consistent(gathering)


def test_the_moment_itself_is_too_late(gathering, bob, carol):
    actions.remove_member(bob, gathering.id, carol)
    left_at = place_of(carol, gathering).left_at
    past = said(left_at + timedelta(milliseconds=1), gathering, carol)
    before = said(left_at - timedelta(milliseconds=2), gathering, carol)

    assert outcome(past, before) == [NOT_FOUND, STORED]


def test_what_was_spoken_before_coming_is_refused_but_for_a_clock_behind(gathering, alice, dave):
    actions.add_member(alice, gathering.id, dave)
    joined_at = place_of(dave, gathering).joined_at

    assert outcome(
        said(joined_at - CLOCK_SKEW / 2, gathering, dave),
        said(joined_at - 2 * CLOCK_SKEW, gathering, dave),
    ) == [STORED, NOT_FOUND]
    consistent(gathering)


def test_an_earlier_stay_counts_and_the_time_between_does_not(gathering, moments, alice, carol):
    first = moments()
    actions.leave(carol, gathering.id)
    between = moments()
    actions.add_member(alice, gathering.id, carol)
    second = moments()
    actions.remove_member(alice, gathering.id, carol)
    between_again = moments()
    actions.add_member(alice, gathering.id, carol)
    third = moments()

    spoken = (first, between, second, between_again, third)
    assert outcome(*[said(moment, gathering, carol) for moment in spoken]) == [
        STORED,
        NOT_FOUND,
        STORED,
        NOT_FOUND,
        STORED,
    ]
    assert Stay.objects.count() == 2
    consistent(gathering)


def test_an_earlier_stay_counts_for_who_is_away_again(gathering, moments, alice, carol):
    first = moments()
    actions.leave(carol, gathering.id)
    actions.add_member(alice, gathering.id, carol)
    moments()
    actions.leave(carol, gathering.id)
    after = moments()

    assert outcome(said(first, gathering, carol), said(after, gathering, carol)) == [
        STORED,
        NOT_FOUND,
    ]
    consistent(gathering)


def test_what_is_late_from_before_they_came_is_seen_where_the_past_is(
    group, room, moments, alice, bob, carol, dave
):
    for thread, is_seen in [(group, False), (room, True)]:
        Member.objects.filter(thread=thread).update(joined_at=thread.created_at)
        before = moments()
        actions.leave(carol, thread.id)
        for person in (carol, dave):
            actions.add_member(alice, thread.id, person)
        moments()
        assert outcome(said(before, thread, carol), said(before, thread, bob)) == [STORED, STORED]

        for person in (alice, bob):
            assert texts(person, thread)[-2:] == ["late", "late"]
        for person in (carol, dave):
            shown = history.messages(person, thread.id).messages
            assert ("bob" in {m.sender.name for m in shown if m.text == "late"}) is is_seen
            assert (history.thread(person, thread.id).unread > 0) is is_seen
            last = history.thread(person, thread.id).last_message
            assert (last is not None) is is_seen
        consistent(thread)


def test_what_newcomers_may_have_heard_live_stays_in_their_history(group, moments, alice, dave):
    before = moments()
    actions.add_member(alice, group.id, dave)
    came = place_of(dave, group).joined_at
    Member.objects.filter(thread=group, user=alice).update(joined_at=before - JUST_BEFORE)
    spoken = [
        said(came - JUST_BEFORE - A_LITTLE, group, alice, "long before"),
        said(came - JUST_BEFORE + A_LITTLE, group, alice, "just before"),
        said(came + A_LITTLE, group, alice, "after"),
    ]
    assert outcome(*spoken) == [STORED] * 3

    assert texts(dave, group)[-2:] == ["just before", "after"]
    assert "long before" not in texts(dave, group)
    assert history.thread(dave, group.id).last_message.text == "after"
    consistent(group)


def test_whoever_wrote_something_sees_it_although_it_is_from_before_they_came(
    group, moments, alice, carol, dave
):
    before = moments()
    actions.leave(carol, group.id)
    for person in (carol, dave):
        actions.add_member(alice, group.id, person)
    joined_at = place_of(dave, group).joined_at
    behind = said(joined_at - CLOCK_SKEW / 2, group, dave, "by a clock that is behind")
    assert outcome(said(before, group, carol, "from then"), behind) == [STORED, STORED]

    assert texts(carol, group)[-1] == "from then"
    assert texts(dave, group)[-1] == "by a clock that is behind"
    for person in (carol, dave):
        assert history.thread(person, group.id).sent == 1
    assert history.thread(dave, group.id).last_message.text == "by a clock that is behind"
    consistent(group)


def texts(person, thread):
    page = history.messages(person, thread.id)
    changes = history.changes(person, thread.id, 0)
    assert page.messages == changes.messages
    return [message.text for message in page.messages]


def test_what_was_spoken_while_muted_is_refused(gathering, moments, bob, carol):
    before = moments()
    actions.mute(bob, gathering.id, carol)
    muted = moments()
    actions.unmute(bob, gathering.id, carol)
    after = moments()

    # All of it comes after the mute is over: it is refused all the same.
    spoken = (before, muted, after)
    assert outcome(*[said(moment, gathering, carol) for moment in spoken]) == [
        STORED,
        MAY_NOT_POST,
        STORED,
    ]
    consistent(gathering)


def test_a_mute_that_is_made_longer_began_when_it_began(gathering, moments, bob, carol):
    actions.mute(bob, gathering.id, carol, lasting=60 * MINUTE)
    muted = moments()
    actions.mute(bob, gathering.id, carol, lasting=120 * MINUTE)

    assert outcome(said(muted, gathering, carol)) == [MAY_NOT_POST]


def test_between_two_mutes_one_may_speak(gathering, moments, clock, bob, carol):
    actions.mute(bob, gathering.id, carol, lasting=MINUTE)
    clock.move(minutes=1)
    between = moments()
    actions.mute(bob, gathering.id, carol)

    assert outcome(said(between, gathering, carol)) == [STORED]


def test_what_was_spoken_after_a_mute_ran_out_is_stored(gathering, moments, clock, bob, carol):
    actions.mute(bob, gathering.id, carol, lasting=10 * MINUTE)
    muted = moments()
    clock.move(minutes=10)
    after = moments()

    assert outcome(said(muted, gathering, carol), said(after, gathering, carol)) == [
        MAY_NOT_POST,
        STORED,
    ]


def test_what_was_spoken_before_a_mute_is_stored_while_it_lasts(gathering, moments, bob, carol):
    before = moments()
    actions.mute(bob, gathering.id, carol)

    assert outcome(said(before, gathering, carol)) == [STORED]


def test_what_was_spoken_in_a_closed_thread_is_refused(gathering, moments, alice, bob, carol):
    before = moments()
    actions.close_thread(alice, gathering.id)
    closed = moments()

    assert outcome(
        said(before, gathering, carol), said(closed, gathering, carol), said(closed, gathering, bob)
    ) == [STORED, MAY_NOT_POST, MAY_NOT_POST]
    actions.reopen_thread(alice, gathering.id)
    assert outcome(said(moments(), gathering, carol)) == [STORED]
    consistent(gathering)


def test_a_deleted_thread_takes_nothing_any_more(gathering, moments, alice, carol):
    before = moments()
    actions.delete_thread(alice, gathering.id)

    spoken = (before, moments())
    assert outcome(*[said(moment, gathering, carol) for moment in spoken]) == [NOT_FOUND] * 2
    assert consistent(gathering).text_count == 0


def test_a_stranger_never_spoke_here(gathering, moments, bob, dave):
    actions.ban(bob, gathering.id, dave)

    assert outcome(said(moments(), gathering, dave)) == [NOT_FOUND]


def test_what_is_stored_already_is_a_duplicate_even_after_a_removal(gathering, bob, carol):
    spoken = said(timezone.now(), gathering, carol)
    assert outcome(spoken) == [STORED]
    actions.ban(bob, gathering.id, carol)

    assert outcome(spoken) == [("duplicate", None)]
    consistent(gathering)


def test_one_that_is_refused_spoils_no_other(gathering, moments, bob, alice, carol, dave):
    actions.mute(bob, gathering.id, carol)
    now = moments()
    people = (alice, carol, bob, dave, alice)

    assert outcome(*[said(now, gathering, person) for person in people]) == [
        STORED,
        MAY_NOT_POST,
        STORED,
        NOT_FOUND,
        STORED,
    ]
    consistent(gathering)


def test_what_was_spoken_before_a_clearing_comes_after_it(gathering, moments, alice, carol):
    """It was marked as sent, so it is stored; what is cleared is what was there."""
    before = moments()
    actions.clear_history(alice, gathering.id)

    assert outcome(said(before, gathering, carol)) == [STORED]
    thread = consistent(gathering)
    assert (thread.text_count, thread.last_message.sender) == (1, carol)


def test_marks_of_who_left_move_nothing(gathering, moments, alice, carol):
    actions.send_message(alice, gathering.id, "hello")
    before = place_of(carol, gathering).read_seq
    actions.leave(carol, gathering.id)
    version = consistent(gathering).version

    actions.save_batch([], [ReadMark(thread=gathering.id, user=str(carol.pk), seq=version)])
    assert place_of(carol, gathering).read_seq == before


def test_an_answer_names_an_entry_that_exists_be_it_an_event(gathering, carol):
    version = consistent(gathering).version
    (answer,) = actions.save_batch([entry(gathering, carol, reply_to=version)])
    (none,) = actions.save_batch([entry(gathering, carol, reply_to=version + 5)])

    assert (answer.status, none.code) == ("stored", "malformed")


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_told_to_the_thread_so_that_it_disappears(group, bob, carol, clock, told):
    actions.remove_member(bob, group.id, carol)
    clock.move(seconds=30)
    told.frames(2)
    spoken = entry(group, carol)
    actions.save_batch([spoken])

    ((channel, frame),) = told.frames(1)
    assert channel == f"pm:{{{group.id % 16}}}:thread:{group.id}"
    assert frame == {
        "type": "refused",
        "thread": group.id,
        "sender": str(carol.pk),
        "id": spoken.id,
        "code": "not_found",
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "silence",
    [
        lambda alice, group, carol: actions.mute(alice, group.id, carol),
        lambda alice, group, _: actions.close_thread(alice, group.id),
    ],
    ids=["muted", "closed"],
)
def test_what_slips_in_where_one_may_not_write_is_told_as_refused(
    group, alice, carol, clock, told, silence
):
    silence(alice, group, carol)
    clock.move(seconds=30)
    told.frames(1)
    actions.save_batch([entry(group, carol)])

    assert [frame["code"] for frame in told.of("refused")] == ["may_not_post"]


# Costs


def test_sending_and_saving_cost_the_same_in_any_company(
    alice, bob, carol, django_assert_max_num_queries
):
    room = actions.make_room(alice, "Hall")
    for person in (bob, carol):
        actions.enter_room(person, room.id)
    with django_assert_max_num_queries(12) as sent:
        actions.send_message(alice, room.id, "hello")
    with django_assert_max_num_queries(12) as saved:
        actions.save_batch([entry(room, bob), entry(room, carol)])
    fill(room, make_people(297))
    with django_assert_max_num_queries(len(sent)):
        actions.send_message(alice, room.id, "hello")
    with django_assert_max_num_queries(len(saved)):
        actions.save_batch([entry(room, bob), entry(room, carol)])

    assert consistent(room).member_count == 300
