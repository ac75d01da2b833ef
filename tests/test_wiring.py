"""A process that is forked, as by gunicorn with `preload_app`, has ways to Redis of its own."""

import os

import pytest

from myproject.sessions.copies import copies
from privatemessages.wiring import broker, untold


@pytest.mark.parametrize("way", [broker, untold, copies])
def test_a_child_shares_none_with_its_parent(way):
    """It would wait without end for what a thread holds that it does not have."""
    own = way()
    assert in_child(lambda: way() is not own)
    assert way() is own


def in_child(holds):
    child = os.fork()
    if not child:
        try:
            os._exit(0 if holds() else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0
