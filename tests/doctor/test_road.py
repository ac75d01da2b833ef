"""The whole road, where everything is well; and that nobody would know of it afterwards."""

import signal

import pytest

from tests.services import eventually

GROUND = ["settings", "database", "Redis", "saving", "addresses", "probe", "session"]
SOCKET = ["handshake", "hello"]
MESSAGE = ["accepted", "relayed", "stored"]
END = ["read back", *["read mark"] * 2, "cleaned up"]

pytestmark = pytest.mark.usefixtures("unchanged")


def test_one_message_goes_from_each_worker_to_all(doctor):
    found = doctor.at(0, 1)

    assert found.status == 0, found.text
    assert found.told["well"]
    assert found.steps == [*GROUND, *SOCKET * 2, *MESSAGE * 2, *END]
    assert all(step["milliseconds"] >= 0 for step in found.told["steps"])
    assert [step["about"] for step in found.told["steps"] if step["name"] == "accepted"] == [
        f"ws://127.0.0.1:{port}/ws/" for port in doctor.ports
    ]
    assert not any(step["warnings"] for step in found.told["steps"])


def test_for_people_it_is_a_line_for_each_step(doctor, stack):
    *lines, last = stack.manage("doctor", "--socket", doctor.ports[0]).splitlines()
    assert last == "All is well."
    assert [line.split(" ms  ")[1].split("  ")[0] for line in lines] == [
        *GROUND,
        *SOCKET * 2,
        *MESSAGE * 2,
        *END,
    ]
    assert all(line.startswith("ok ") for line in lines)


def test_two_at_the_same_time_do_not_disturb_each_other(doctor):
    with doctor.process("--socket", doctor.ports[0]) as other:
        found = doctor.at(1)
        assert other.wait() == 0, other.output()

    assert found.status == 0, found.text


MAKE = """
from django.contrib.auth.models import User
from privatemessages import actions
actions.set_preferences(User.objects.create(username="probed"), shows_presence=False)
"""
UNMAKE = "from django.contrib.auth.models import User; User.objects.get(username='probed').delete()"


@pytest.fixture
def somebody(stack):
    """A person of the site, who hides when they are here."""
    stack.manage("shell", "--no-imports", "-c", MAKE)
    yield "probed"
    stack.manage("shell", "--no-imports", "-c", UNMAKE)


def test_it_probes_with_somebody_who_is_there_on_demand(doctor, somebody, traces):
    before = traces()

    found = doctor.asks("--socket", doctor.ports[0], "--user", somebody)

    assert found.status == 0, found.text
    assert traces() == before


def test_it_probes_with_nobody_who_is_not_there(doctor):
    found = doctor.asks("--socket", doctor.ports[0], "--user", "nobody")

    assert found.broken == ("probe", "There is nobody active called nobody.")


class TestEnding:
    """While it waits for a worker that hangs."""

    @pytest.fixture
    def waiting(self, doctor, stack, traces):
        before = traces()
        stack.workers[0].pause()
        with doctor.process("--socket", doctor.ports[0], "--timeout", "50") as process:
            assert eventually(lambda: traces()["django_session"] > before["django_session"])
            yield process
            process.kill()

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_an_interrupted_one_leaves_nothing(self, waiting, number):
        waiting.signal(number)

        assert waiting.wait() == 130
        assert "Interrupted." in waiting.output()
        assert "cleaned up" in waiting.output()

    def test_what_a_killed_one_left_is_removed_by_the_next(self, waiting, doctor, traces, stack):
        waiting.kill()
        left = traces()
        assert left["auth_user"] == left["privatemessages_thread"] == 1

        found = doctor.at(1)

        assert found.status == 0, found.text
        [probe] = [step for step in found.told["steps"] if step["name"] == "probe"]
        assert probe["about"] == "1 left by killed runs removed"
