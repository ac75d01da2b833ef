import pytest

from privatemessages import commands


@pytest.fixture
def run():
    """Carries out a command: its answer as (text, code)."""

    def run(person, thread, text):
        answer = commands.run(person, thread.id, text)
        return answer.text, answer.code

    return run


@pytest.fixture(params=["group", "room"])
def gathering(request):
    """Alice owns it, Bob moderates it, Carol is a member."""
    return request.getfixturevalue(request.param)
