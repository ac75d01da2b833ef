import pytest
from django.db import connection

from privatemessages import actions, history
from privatemessages.actions.leaping import LEAP
from privatemessages.models import Thread
from tests.messenger import write

pytestmark = pytest.mark.django_db


def test_no_number_is_given_again(thread, group, alice, bob):
    write(alice, thread, "a", "b")
    assert actions.leap() == 2

    [message] = write(bob, thread, "c")
    assert message.seq == LEAP + 3
    assert [it.seq for it in history.messages(bob, thread.id).messages] == [1, 2, LEAP + 3]
    assert history.thread(alice, thread.id).unread == 1


@pytest.mark.parametrize("held", [1, 2, 3, 90])
def test_whoever_holds_numbers_of_before_loads_the_thread_afresh(thread, alice, bob, held):
    write(alice, thread, "a", "b")
    actions.leap()
    write(bob, thread, "c")

    assert history.changes(alice, thread.id, held).complete is False
    assert history.changes(alice, thread.id, LEAP + 2).complete is True


def test_new_threads_have_numbers_that_no_lost_one_had(thread, alice, carol):
    actions.leap()
    made, _ = actions.start_direct_thread(alice, carol)

    further = LEAP if connection.vendor == "postgresql" else 0
    assert made.id > thread.id + further
    assert Thread.objects.count() == 2
