import pytest

from privatemessages import actions
from privatemessages.actions import ReadMark
from privatemessages.errors import NotFound
from privatemessages.models import Member
from tests.messenger import fill, make_people, write


def mark_of(person):
    return Member.objects.get(user=person).read_seq


def test_a_mark_moves_forwards_only(alice, bob, thread):
    write(alice, thread, "one", "two", "three")

    assert actions.mark_read(bob, thread.id, 2) == 2
    assert actions.mark_read(bob, thread.id, 1) == 2
    assert mark_of(bob) == 2
    assert mark_of(alice) == 0


def test_a_mark_stops_at_the_last_message(alice, bob, thread):
    write(alice, thread, "one")

    assert actions.mark_read(bob, thread.id, 2**62) == 1
    assert mark_of(bob) == 1


def test_a_thread_of_others_does_not_exist(carol, thread):
    with pytest.raises(NotFound):
        actions.mark_read(carol, thread.id, 1)


@pytest.mark.django_db(transaction=True)
def test_a_mark_is_told_when_it_moves(alice, bob, thread, told):
    write(alice, thread, "one")
    told.frames(1)

    actions.mark_read(bob, thread.id, 7)
    expected = {"type": "read", "thread": thread.id, "user": str(bob.pk), "seq": 1}
    assert [frame for _, frame in told.frames(1)] == [expected]

    actions.mark_read(bob, thread.id, 7)
    assert told.frames() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("gathering", "more", "is_for_all"),
    [("group", 47, True), ("group", 48, False), ("room", 0, False)],
)
def test_in_a_room_or_large_group_a_mark_is_told_to_the_readers_own_tabs_alone(
    request, alice, bob, told, gathering, more, is_for_all
):
    group = request.getfixturevalue(gathering)
    fill(group, make_people(more))
    told.frames(1)
    first, second = [message.seq for message in write(alice, group, "one", "two")]
    told.frames(2)
    thread_channel, own = f"pm:{{{group.id % 16}}}:thread:{group.id}", f"pm:user:{bob.pk}"

    actions.mark_read(bob, group.id, first)
    actions.save_batch([], [ReadMark(thread=group.id, user=str(bob.pk), seq=second)])
    for (channel, frame), seq in zip(told.frames(2), (first, second), strict=True):
        assert channel == (thread_channel if is_for_all else own)
        assert (frame["type"], frame["user"], frame["seq"]) == ("read", str(bob.pk), seq)
