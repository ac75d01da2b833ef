"""What tests measure is told at the end of the run, and held to its limits.

A test that measures is marked `alone`: beside others it would measure them too.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

PROPERTY = "measured"

Measured = Callable[[str, Sequence[float], dict[int, float]], None]


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measured:
    """Tells samples, in ms; fails where a percentile is above its limit, as in `{50: 60}`."""

    def tell(what: str, samples: Sequence[float], limits: dict[int, float]) -> None:
        reached = {percent: percentile(samples, percent) for percent in limits}
        words = ", ".join(
            f"p{percent} {value:.0f} ms (at most {limits[percent]:.0f})"
            for percent, value in reached.items()
        )
        line = f"{what}: {words}; the longest of {len(samples)} took {max(samples):.0f} ms"
        record_property(PROPERTY, line)
        assert all(value <= limits[percent] for percent, value in reached.items()), line

    return tell


def percentile(samples: Sequence[float], percent: int) -> float:
    """The least of the samples that so many percent of them do not exceed."""
    return sorted(samples)[math.ceil(len(samples) * percent / 100) - 1]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    lines = [
        line
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call"
        for name, line in report.user_properties
        if name == PROPERTY
    ]
    if lines:
        terminalreporter.section("measured")
        terminalreporter.write("".join(f"{line}\n" for line in lines))
