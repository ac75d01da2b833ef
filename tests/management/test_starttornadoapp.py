import asyncio
import logging
from functools import partial

import pytest
from django.core.management import CommandError, call_command

from privatemessages.logs import JsonFormatter
from privatemessages.management.commands import starttornadoapp

SECRET = "what ann told ben"


@pytest.fixture
def written(caplog):
    """All lines, as they are written in production."""
    return lambda: "\n".join(map(JsonFormatter().format, caplog.records))


def fail(text):
    raise ValueError(text)


@pytest.fixture
def breaking(monkeypatch):
    """A worker of which a part breaks while it is asked to do something."""

    async def serve(*_):
        loop = asyncio.get_running_loop()
        loop.call_soon(partial(fail, SECRET))
        lost = asyncio.ensure_future(asyncio.to_thread(fail, SECRET))
        await asyncio.wait({lost})
        del lost
        raise ExceptionGroup("of a task group", [ValueError(SECRET)])

    monkeypatch.setattr(starttornadoapp, "serve", serve)
    monkeypatch.setattr(starttornadoapp, "Worker", lambda settings: settings)
    monkeypatch.setattr(starttornadoapp, "_end_soon", lambda: None)


def test_a_worker_that_breaks_says_where_and_not_with_what(breaking, written):
    with pytest.raises(CommandError, match="its log says why"):
        call_command("starttornadoapp", "20001")
    assert "A part of the worker broke" in written()
    assert "in serve" in written()
    assert "ValueError" in written()
    assert SECRET not in written()


def test_what_fails_on_the_loop_is_told_without_what_it_was_given(breaking, written, caplog):
    with pytest.raises(CommandError):
        call_command("starttornadoapp", "20001")
    told = [it for it in caplog.records if "nobody waited for" in it.getMessage()]
    assert len(told) == 2, "a callback, and a task that was forgotten"
    assert all(it.levelno == logging.ERROR and it.exc_info for it in told)
    assert "in fail" in written()
    assert SECRET not in written()
