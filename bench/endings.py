"""Sockets that ended and should not have: as their clients saw it, and as their worker did."""

import math
import urllib.request
from collections import defaultdict
from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from bench.sockets import Ending, Socket

TIMEOUT = 60.0  # seconds; a worker that answers late is what this looks for
TROUBLES = [
    f"privatemessages_{name}"
    for name in ("closed", "handshakes_refused", "silent_sockets", "slow_readers", "pubsub_losses")
]
LAG = "privatemessages_loop_lag_seconds"

Figures = dict[str, float]


def seen(sockets: Iterable[Socket]) -> Figures:
    """How many were closed, with which code, and when at the earliest and at the latest."""
    found: defaultdict[int, list[Ending]] = defaultdict(list)
    for socket in sockets:
        if socket.ending is not None:
            found[socket.ending.code].append(socket.ending)
    closed = {"worker: sockets that were closed meanwhile": float(sum(map(len, found.values())))}
    return closed | {_title(code, endings): len(endings) for code, endings in found.items()}


def told(port: int) -> Figures:
    """What of it the worker's own figures say, and how late its loop came."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT) as page:
        families = {
            family.name: family for family in text_string_to_metric_families(page.read().decode())
        }
    troubles = [sample for name in TROUBLES for sample in families[name].samples if sample.value]
    return {
        **{" ".join([sample.name, *sample.labels.values()]): sample.value for sample in troubles},
        "worker: its loop was late (ms) on average": _mean(families[LAG]) * 1000,
        "worker: its loop was late (s) at most, no more than": _highest(families[LAG]),
    }


def _title(code: int, endings: list[Ending]) -> str:
    seconds = [ending.seconds for ending in endings]
    pings = [ending.pings for ending in endings]
    when = f"after {min(seconds):.0f} to {max(seconds):.0f} s"
    return f"  with {code} {when}, {min(pings)} to {max(pings)} pings answered"


def _mean(lag: Metric) -> float:
    values = {sample.name.removeprefix(LAG): sample.value for sample in lag.samples}
    return values["_sum"] / values["_count"]


def _highest(lag: Metric) -> float:
    """The bound under which all of them are."""
    counts = {
        float(sample.labels["le"]): sample.value for sample in lag.samples if "le" in sample.labels
    }
    return min(bound for bound, count in counts.items() if count == counts[math.inf])
