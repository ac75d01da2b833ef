"""Two application hosts, one of which loses its network under traffic."""

import json
import os

import pytest

from tests.hosts.network import in_a_namespace, what_forbids_namespaces
from tests.services import PYTHON, Process

TIMEOUT = 120.0  # s, on a slow machine
CALM = 100  # messages in each part


@pytest.fixture(scope="module")
def seen():
    if (words := what_forbids_namespaces()) and os.geteuid() != 0:
        pytest.skip(f"This machine lets only root make network namespaces: {words}")
    with Process(in_a_namespace([PYTHON, "-m", "tests.hosts.scene"])) as scene:
        assert scene.wait(TIMEOUT) == 0, scene.output()
        print(scene.output())
        return json.loads(scene.output().splitlines()[-1])


def test_people_at_different_hosts_talk(seen):
    assert seen["talked"] == ["hello", "well met"]


def test_nothing_is_lost_when_a_host_is_cut_off_and_comes_back(seen):
    assert seen["wrong"] == []
    assert all(seen["written"][phase] >= CALM for phase in ("before", "during", "after"))
    assert seen["stored"] >= 2 * CALM, "while it was away, the other one saved"


def test_sockets_of_the_other_host_go_on(seen):
    lost, other = seen["sockets"]
    assert min(lost, other) >= 5
    assert seen["stayed"] == other
    assert seen["came over"] == lost


def test_the_host_that_is_cut_off_notices(seen):
    """Nobody told it: it asked its sockets and Redis, and heard nothing."""
    assert seen["silence"]
    assert seen["sockets left"] == 0
    assert seen["losses"] >= 1


def test_it_is_given_sockets_again(seen):
    assert min(seen["sockets again"]) >= 5
