"""Figures of gunicorn, which has several processes and is asked through one of them."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.seeing.asking import ask, figures
from tests.services import eventually

MAPPED = "/privatemessages-figures-"
COUNTERS = "counter_"  # how the files begin that every process has from its start
INBOX = 'requests_total{method="GET",status="302",view="inbox"}'
ASKED = 5


@pytest.fixture
def port(stack):
    return stack.django.port


def visit(port):
    assert ask(port, "/messages/", Connection="close").text


def processes(stack):
    """gunicorn's, without the one that only starts them."""
    return stack.django.family()[1:]


def shared(stack):
    """The files in which the processes count, by the one that holds them."""
    return {pid: {Path(line.split()[-1]) for line in mapped(pid)} for pid in processes(stack)}


def all_of(files):
    return set().union(*files.values())


def mapped(pid):
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return [line for line in maps if MAPPED in line and COUNTERS in line]


@contextmanager
def frozen(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_each_process_tells_what_all_have_counted(stack, port):
    visit(port)
    before = figures(port)[INBOX]
    one, other = processes(stack)
    for resting in (one, other):
        with frozen(resting):
            for _ in range(ASKED):
                visit(port)
    told = []
    for resting in (one, other):
        with frozen(resting):
            told.append(figures(port)[INBOX])
    assert told == [before + 2 * ASKED] * 2


def test_a_process_leaves_its_figures_and_its_place_to_the_next(stack, port):
    visit(port)
    before, files, old = figures(port)[INBOX], shared(stack), processes(stack)
    for pid in old:
        os.kill(pid, signal.SIGTERM)
    assert eventually(lambda: len(set(processes(stack)) - set(old)) == 2, 30)
    assert eventually(lambda: figures(port)[INBOX] == before)
    visit(port)
    assert figures(port)[INBOX] == before + 1
    assert eventually(lambda: all_of(shared(stack)) == all_of(files))


def test_figures_live_through_a_reload(stack, port):
    visit(port)
    before, old = figures(port)[INBOX], processes(stack)
    stack.django.signal(signal.SIGHUP)
    assert eventually(lambda: not set(processes(stack)) & set(old), 30)
    assert figures(port)[INBOX] == before


def test_a_restart_begins_anew_and_leaves_nothing_behind(stack, port):
    visit(port)
    [folder] = {path.parent for path in all_of(shared(stack))}
    assert folder.is_dir()
    stack.django.stop()
    assert not folder.exists()
    stack.django.start()
    assert INBOX not in figures(port)
