from privatemessages import actions, history
from privatemessages.models import Member
from privatemessages.roles import Role
from privatemessages.standing import Place, Standing
from tests.messenger import write

BIGGER_THAN_ANY = 2**70


def stands(version, read):
    """The place of one of the two in an open direct thread."""
    standing = Standing("direct", Role.MEMBER, may_post=True)
    return Place(version, read, floor=0, since=None, member_count=2, standing=standing)


def test_heads_are_where_each_thread_stands_for_the_person(alice, bob, carol, thread):
    write(alice, thread, "one", "two")
    actions.mark_read(bob, thread.id, 1)
    other, _ = actions.start_direct_thread(bob, carol)

    assert history.heads(bob.pk) == {
        thread.id: stands(2, 1),
        other.id: stands(0, 0),
    }
    assert history.heads(alice.pk) == {thread.id: stands(2, 0)}
    assert history.place(bob.pk, thread.id) == stands(2, 1)


def test_nobody_has_a_place_where_they_do_not_belong(alice, bob, carol, thread):
    assert history.heads(carol.pk) == {}
    for thread_id in (thread.id, thread.id + 1000, BIGGER_THAN_ANY):
        assert history.place(carol.pk, thread_id) is None


def test_who_left_has_no_place_any_more(alice, bob, thread):
    Member.objects.filter(user=bob).update(left_at=thread.created_at)

    assert history.heads(bob.pk) == {}
    assert history.place(bob.pk, thread.id) is None


def test_one_may_not_post_to_somebody_inactive_or_gone(alice, bob, thread):
    bob.is_active = False
    bob.save()
    assert history.place(alice.pk, thread.id).standing.may_post is False
    assert history.place(bob.pk, thread.id).standing.may_post is True

    bob.delete()
    assert history.heads(alice.pk)[thread.id].standing.may_post is False


def test_heads_are_one_query_however_many_threads(alice, many_threads, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(history.heads(alice.pk)) == 25
    with django_assert_num_queries(1):
        history.place(alice.pk, many_threads[0].id)
