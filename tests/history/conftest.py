import pytest

from privatemessages import actions
from tests.messenger import entry, make_person, write


@pytest.fixture
def long_thread(alice, bob, thread):
    """120 messages, numbered in their texts, by Alice and Bob in turns."""
    writers = [alice, bob] * 60
    actions.save_batch([entry(thread, person, f"{n}") for n, person in enumerate(writers, 1)])
    return thread


@pytest.fixture
def many_threads(alice, thread):
    """Alice with 25 others, each with two messages, the last one first."""
    names = [f"person{n:02}" for n in range(24)]
    others = [make_person(name) for name in names]
    threads = [thread] + [actions.start_direct_thread(alice, other)[0] for other in others]
    for one in threads:
        write(alice, one, "first", "second")
    return threads[::-1]
