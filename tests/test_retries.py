import threading

import pytest

from privatemessages import retries
from privatemessages.retries import Retries
from tests.services import eventually


class AwayError(Exception):
    pass


class Listener:
    """Hears nothing while it is `deaf`."""

    def __init__(self):
        self.deaf = threading.Event()
        self.asked = 0
        self.heard = []

    def tell(self, told):
        self.asked += 1
        if self.deaf.is_set():
            raise AwayError
        self.heard.append(told)


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(retries, "INTERVAL", 0.01)


@pytest.fixture
def listener():
    return Listener()


def is_idle(them):
    return eventually(lambda: not them._is_running)


def test_each_is_told_once_and_in_order_when_it_can_be(listener):
    them = Retries(listener.tell, AwayError, 60)
    listener.deaf.set()
    for told in ("a", "b", "a"):
        them.add(told)
    assert eventually(lambda: listener.asked > 2)
    assert listener.heard == []
    listener.deaf.clear()
    assert is_idle(them)
    assert listener.heard == ["a", "b"]


def test_what_no_longer_matters_is_given_up(listener):
    them = Retries(listener.tell, AwayError, 0.05)
    listener.deaf.set()
    them.add("a")
    assert is_idle(them)
    assert listener.asked
    listener.deaf.clear()
    them.add("b")
    assert is_idle(them)
    assert listener.heard == ["b"]


def test_what_nobody_expected_is_loud_and_keeps_nobody_waiting(caplog):
    heard = []

    def tell(told):
        if told == "wrong":
            raise ValueError(told)
        heard.append(told)

    them = Retries(tell, AwayError, 60)
    for told in ("wrong", "right"):
        them.add(told)
    assert is_idle(them)
    assert heard == ["right"]
    assert "ValueError: wrong" in caplog.text
