"""Real transactions beside each other in groups and rooms; afterwards everything is consistent."""

from functools import partial

import pytest

from privatemessages import actions, history
from privatemessages.models import Ban, Member, Message, Thread
from privatemessages.roles import Role
from tests.actions.consistency import consistent
from tests.actions.test_groups import entries, roles_in
from tests.actions.together import run_together
from tests.messenger import entry, fill, make_people, place_of, write

ROUNDS = 4

pytestmark = pytest.mark.django_db(transaction=True)


def statuses(results):
    return {result.status for result in results}


@pytest.fixture
def hall(alice):
    return actions.make_room(alice, "Hall")


def test_two_who_make_the_same_room_make_one(alice, bob, carol):
    for n in range(ROUNDS):
        names = [f"Hall {n}", f"HALL {n}", f"hall-{n}!"]
        people = (alice, bob, carol)
        results = run_together(
            *[
                partial(actions.make_room, person, name)
                for person, name in zip(people, names, strict=True)
            ]
        )

        made = [result for result in results if result != "name_taken"]
        assert len(made) == 1
        thread = consistent(made[0])
        assert (thread.slug, thread.version, thread.member_count) == (f"hall-{n}", 1, 1)
    assert Thread.objects.count() == Member.objects.count() == ROUNDS


def test_two_rooms_do_not_get_the_same_name(alice, hall):
    for n in range(ROUNDS):
        other = actions.make_room(alice, f"Other {n}")
        results = run_together(
            partial(actions.rename, alice, hall.id, f"New {n}"),
            partial(actions.rename, alice, other.id, f"NEW {n}"),
            partial(actions.make_room, alice, f"new-{n}"),
        )

        assert results.count("name_taken") == 2
        assert Thread.objects.filter(slug=f"new-{n}").count() == 1
        consistent(hall)
        consistent(other)


def test_many_enter_at_once_and_each_is_told_once(hall):
    people = make_people(8)
    results = run_together(*[partial(actions.enter_room, person, hall.id) for person in people])

    assert [came for _, came in results] == [True] * len(people)
    thread = consistent(hall)
    assert (thread.member_count, thread.version) == (9, 9)
    joined = Message.objects.filter(thread=hall, event="joined")
    assert set(joined.values_list("sender", flat=True)) == {person.pk for person in people}


def test_who_enters_in_several_tabs_at_once_comes_in_once(hall, bob):
    for _ in range(ROUNDS):
        results = run_together(*[partial(actions.enter_room, bob, hall.id)] * 4)

        assert sorted(came for _, came in results) == [False, False, False, True]
        assert consistent(hall).member_count == 2
        actions.leave(bob, hall.id)
    assert place_of(bob, hall).stays.count() == ROUNDS - 1


def test_who_is_added_by_several_at_once_comes_in_once(group, alice, bob, dave):
    results = run_together(
        *[partial(actions.add_member, person, group.id, dave) for person in (alice, bob) * 2]
    )

    assert sorted(results) == [False, False, False, True]
    assert [code for code, *_ in entries(group)].count("added") == 1
    consistent(group)


def test_the_next_ones_into_an_empty_room_have_one_owner(hall, alice):
    people = make_people(4)
    for _ in range(ROUNDS):
        for member in Member.objects.present().filter(thread=hall).select_related("user"):
            actions.leave(member.user, hall.id)
        run_together(*[partial(actions.enter_room, person, hall.id) for person in people])

        assert sorted(roles_in(hall).values()) == ["member", "member", "member", "owner"]
        consistent(hall)


def test_of_two_owners_who_leave_at_once_one_hands_over(group, alice, bob, staff):
    for _ in range(ROUNDS):
        actions.appoint(staff, group.id, bob, Role.OWNER)
        actions.appoint(staff, group.id, alice, Role.OWNER)
        results = run_together(
            partial(actions.leave, alice, group.id), partial(actions.leave, bob, group.id)
        )

        assert results == [None, None]
        assert roles_in(group) == {"carol": "owner"}
        consistent(group)
        for person in (alice, bob):
            actions.add_member(staff, group.id, person)


def test_everybody_leaves_at_once(group, alice, bob, carol):
    results = run_together(
        *[partial(actions.leave, person, group.id) for person in (alice, bob, carol)]
    )

    assert results == [None] * 3
    assert consistent(group).member_count == 0


def test_who_leaves_in_several_tabs_at_once_leaves_once(group, carol):
    results = run_together(*[partial(actions.leave, carol, group.id)] * 3)

    assert sorted(results, key=str) == [None, "not_found", "not_found"]
    assert [code for code, *_ in entries(group)].count("left") == 1
    assert consistent(group).member_count == 2


def test_the_heir_who_is_removed_at_that_moment_does_not_inherit(group, alice, bob, carol, staff):
    for _ in range(ROUNDS):
        run_together(
            partial(actions.leave, alice, group.id),
            partial(actions.remove_member, staff, group.id, bob),
        )

        assert roles_in(group) == {"carol": "owner"}
        consistent(group)
        for person, role in [(alice, Role.OWNER), (bob, Role.MODERATOR)]:
            actions.add_member(staff, group.id, person)
            actions.appoint(staff, group.id, person, role)
        actions.appoint(staff, group.id, carol, Role.MEMBER)


def test_who_is_appointed_while_being_removed_is_one_of_both(group, alice, carol, staff):
    for _ in range(ROUNDS):
        appointed, removed = run_together(
            partial(actions.appoint, alice, group.id, carol, Role.OWNER),
            partial(actions.remove_member, staff, group.id, carol),
        )

        assert appointed in {None, "not_member"}
        assert removed is None
        assert "carol" not in roles_in(group)
        consistent(group)
        actions.add_member(alice, group.id, carol)
        assert roles_in(group)["carol"] == "member"


def test_two_owners_who_unmake_each_other_leave_one(group, alice, bob, staff):
    for _ in range(ROUNDS):
        actions.appoint(staff, group.id, alice, Role.OWNER)
        actions.appoint(staff, group.id, bob, Role.OWNER)
        results = run_together(
            partial(actions.appoint, staff, group.id, alice, Role.MEMBER),
            partial(actions.appoint, staff, group.id, bob, Role.MEMBER),
        )

        assert results == [None, None]
        assert "owner" in roles_in(group).values()
        consistent(group)


def test_the_last_place_of_a_group_is_taken_once(group, alice, bob):
    fill(group, make_people(246))
    others = make_people(4, "late")
    results = run_together(
        *[
            partial(actions.add_member, adder, group.id, other)
            for adder, other in zip((alice, bob) * 2, others, strict=True)
        ]
    )

    assert sorted(results, key=str) == [True, "full", "full", "full"]
    assert consistent(group).member_count == 250


def test_a_ban_and_an_entering_at_once_end_outside(hall, alice, bob):
    for _ in range(ROUNDS):
        banned, entered = run_together(
            partial(actions.ban, alice, hall.id, bob), partial(actions.enter_room, bob, hall.id)
        )

        assert banned is None
        assert entered == "banned" or entered[1] is True
        assert roles_in(hall) == {"alice": "owner"}
        assert Ban.objects.count() == 1
        consistent(hall)
        actions.unban(alice, hall.id, bob)


def test_two_bans_at_once_are_one(hall, alice, bob, staff):
    results = run_together(
        partial(actions.ban, alice, hall.id, bob), partial(actions.ban, staff, hall.id, bob)
    )

    assert results == [None, None]
    assert Ban.objects.count() == 1
    consistent(hall)


def test_a_request_and_its_grant_at_once_leave_nobody_asking(private_room, alice, dave):
    for _ in range(ROUNDS):
        run_together(
            partial(actions.request_entry, dave, private_room.id),
            partial(actions.add_member, alice, private_room.id, dave),
            partial(actions.request_entry, dave, private_room.id),
        )

        assert "dave" in roles_in(private_room)
        consistent(private_room)
        actions.remove_member(alice, private_room.id, dave)


def test_what_is_saved_beside_a_removal_is_stored_or_refused(group, alice, carol):
    for _ in range(ROUNDS):
        batch = [entry(group, carol), entry(group, alice)]
        before = Message.objects.filter(thread=group, event="").count()
        results, sent, _ = run_together(
            partial(actions.save_batch, batch),
            partial(actions.send_message, carol, group.id, "from Django"),
            partial(actions.remove_member, alice, group.id, carol),
        )

        # Spoken before the removal, whichever comes first.
        assert statuses(results) == {"stored"}
        stored = len(results) + (sent != "not_found")
        assert Message.objects.filter(thread=group, event="").count() == before + stored
        consistent(group)
        actions.add_member(alice, group.id, carol)
    consistent(group)


def test_reading_beside_a_removal_moves_no_place_back(group, alice, carol):
    for _ in range(ROUNDS):
        seq = write(alice, group, "hello")[0].seq
        run_together(
            partial(actions.mark_read, carol, group.id, seq),
            partial(actions.appoint, alice, group.id, carol, Role.MODERATOR),
            partial(actions.mute, alice, group.id, carol),
        )

        assert place_of(carol, group).read_seq == seq
        assert place_of(carol, group).muted_at is not None
        actions.appoint(alice, group.id, carol, Role.MEMBER)
        consistent(group)


def test_clearing_beside_writing_counts_what_is_left(group, alice, bob, carol):
    for _ in range(ROUNDS):
        write(carol, group, "one", "two")
        run_together(
            partial(actions.clear_history, alice, group.id),
            partial(actions.save_batch, [entry(group, carol), entry(group, bob)]),
            partial(actions.send_message, bob, group.id, "hello"),
            partial(actions.clear_history, alice, group.id),
        )

        thread = consistent(group)
        assert thread.text_count <= 3
        assert Message.objects.filter(thread=group).first().seq > thread.cleared_seq
        for person in (alice, bob, carol):
            assert history.thread(person, group.id).total == thread.text_count


def test_deleting_beside_everything_leaves_nothing_behind(alice, bob, carol, dave):
    for n in range(ROUNDS):
        room = actions.make_room(alice, f"Hall {n}")
        for person in (bob, carol):
            actions.enter_room(person, room.id)
        actions.appoint(alice, room.id, bob, Role.MODERATOR)
        results = run_together(
            partial(actions.delete_thread, alice, room.id),
            partial(actions.enter_room, dave, room.id),
            partial(actions.leave, carol, room.id),
            partial(actions.ban, bob, room.id, carol),
            partial(actions.rename, alice, room.id, f"Other {n}"),
            partial(actions.save_batch, [entry(room, alice)]),
            partial(actions.clear_history, alice, room.id),
            partial(actions.set_topic, bob, room.id, "Soup"),
        )

        assert results[0] is None
        allowed = {"not_found", "banned", "forbidden"}
        assert {result for result in results if isinstance(result, str)} <= allowed
        thread = consistent(room)
        assert (thread.member_count, thread.slug) == (0, None)
        assert not Ban.objects.filter(thread=room).exists()


def test_a_whole_evening_in_a_room(alice, bob, carol, hall):
    """Everything at once, in several rounds: nobody waits for ever, and all of it adds up."""
    people = [bob, carol, *make_people(4)]
    for person in people:
        actions.enter_room(person, hall.id)
    for n in range(ROUNDS):
        comer, goer, moderator, muted, writer, other = people[n:] + people[:n]
        jobs = [
            partial(actions.save_batch, [entry(hall, writer), entry(hall, other)]),
            partial(actions.save_batch, [entry(hall, other), entry(hall, muted)]),
            partial(actions.send_message, writer, hall.id, "hello"),
            partial(actions.leave, goer, hall.id),
            partial(actions.appoint, alice, hall.id, moderator, Role.MODERATOR),
            partial(actions.mute, alice, hall.id, muted),
            partial(actions.remove_member, alice, hall.id, comer),
            partial(actions.set_topic, alice, hall.id, f"Round {n}"),
        ]
        results = run_together(*jobs)
        codes = {result for result in results if isinstance(result, str)}
        assert codes <= {"outranked", "may_not_post", "not_member"}
        consistent(hall)
        run_together(*[partial(actions.enter_room, person, hall.id) for person in (comer, goer)])
        actions.unmute(alice, hall.id, muted)
        assert consistent(hall).member_count == len(people) + 1
