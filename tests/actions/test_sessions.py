import pytest

from privatemessages import actions
from privatemessages.sessions import session_digest


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_session_is_told_without_its_key(alice, told):
    actions.end_session(alice.pk, "the key")

    ((channel, frame),) = told.frames(1)
    assert channel == f"pm:user:{alice.pk}"
    assert frame == {"type": "session_ended", "session": session_digest("the key")}
    assert "the key" not in str(frame)


@pytest.mark.django_db(transaction=True)
def test_a_recheck_is_told_to_the_person_alone(alice, told):
    actions.recheck_sessions(alice.pk)

    assert told.frames(1) == [(f"pm:user:{alice.pk}", {"type": "recheck"})]
