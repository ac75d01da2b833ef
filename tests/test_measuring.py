import os
import subprocess
import sys

import pytest

from tests.measuring import percentile
from tests.services import ROOT

TWO_TESTS = """
def test_fast(measured):
    measured("going", [1, 2, 3], {50: 2, 95: 4})

def test_slow(measured):
    measured("coming", [1, 2, 30], {50: 2, 95: 4})
"""


@pytest.mark.parametrize(
    ("percent", "expected"), [(1, 10), (25, 10), (50, 20), (75, 30), (95, 40), (100, 40)]
)
def test_a_percentile_is_one_of_the_samples(percent, expected):
    assert percentile([40, 10, 30, 20], percent) == expected


@pytest.mark.parametrize("options", [[], ["-n", "2"]])
def test_what_was_measured_is_told_at_the_end_and_what_is_too_slow_fails(tmp_path, options):
    (tmp_path / "test_speed.py").write_text(TWO_TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "tests.measuring"]
    result = subprocess.run(
        [*command, *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = result.stdout.splitlines()
    for line in (
        "going: p50 2 ms (at most 2), p95 3 ms (at most 4); the longest of 3 took 3 ms",
        "coming: p50 2 ms (at most 2), p95 30 ms (at most 4); the longest of 3 took 30 ms",
    ):
        assert line in told
    assert "1 failed, 1 passed" in told[-1]
