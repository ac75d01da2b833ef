import logging

import pytest

from tests.tornadoapp.client import CLOSE
from tests.tornadoapp.conftest import all_stored

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "what alice told bob"


@pytest.fixture
def told(caplog, worker):
    """The lines of the log whose message begins so, once there are that many."""
    caplog.set_level(logging.DEBUG, "privatemessages")

    def find(beginning, count=1):
        def found():
            return [it for it in caplog.records if it.getMessage().startswith(beginning)]

        assert worker.eventually(lambda _: len(found()) >= count), beginning
        return found()

    return find


def test_a_socket_is_told_of_twice_under_one_name(worker, enter, told, alice):
    socket = enter(worker, alice)
    [greeted] = told("A socket was greeted")
    socket.send_raw(CLOSE, b"\x03\xe8")
    [ended] = told("A socket ended: left")
    assert greeted.levelno == ended.levelno == logging.INFO
    assert greeted.connection == ended.connection
    assert len(greeted.connection) == 12
    assert greeted.person == ended.person == str(alice.pk)
    assert ended.code == 1000
    assert 0 <= greeted.seconds <= ended.seconds < 60


def test_two_sockets_have_two_names(worker, enter, told, alice):
    enter(worker, alice)
    enter(worker, alice)
    one, other = told("A socket was greeted", 2)
    assert one.connection != other.connection


def test_a_refused_one_is_told_of_once_with_its_reason(worker, connect, told):
    assert connect(worker).closed() == 4501
    [refused] = told("A socket was refused: not_signed_in")
    assert refused.code == 4501
    assert refused.connection
    assert refused.person is None


def test_what_is_refused_before_that_is_told_of_too(worker, connect, told):
    connect(worker, headers={"Origin": "http://foreign.example"})
    told("A handshake was refused: origin")


def test_a_message_is_told_of_by_its_id(worker, enter, told, alice, thread):
    socket = enter(worker, alice)
    said = socket.say(thread.id, TEXT)
    assert all_stored(thread, 1)
    [accepted], [saved] = told("Accepted"), told("A message was saved: stored")
    assert accepted.message_id == saved.message_id == said
    assert accepted.thread_id == saved.thread_id == thread.id
    assert accepted.connection == told("A socket was greeted")[0].connection
    assert isinstance(saved.partition, int)
    assert accepted.levelno == saved.levelno == logging.DEBUG


def test_a_refusal_by_django_is_a_warning(worker, enter, told, alice, thread):
    from privatemessages.models import Member  # noqa: PLC0415

    socket = enter(worker, alice)
    Member.objects.filter(thread=thread, user=alice).delete()
    said = socket.say(thread.id, TEXT)
    [refused] = told("A message was saved: refused")
    assert refused.levelno == logging.WARNING
    assert (refused.message_id, refused.thread_id) == (said, thread.id)
    assert refused.code == "not_found"


def test_a_frame_that_is_refused_is_told_of_with_the_code(worker, enter, told, alice, thread):
    socket = enter(worker, alice)
    said = socket.say(thread.id, " ")
    [refused] = told("A frame was refused")
    assert (refused.code, refused.message_id) == ("empty", said)
