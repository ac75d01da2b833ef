"""Measures both designs a few times, in turn, and prints the medians side by side."""

import argparse
import resource
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from bench import world
from bench.scenarios import IDLE_SOCKETS, SCENARIOS, SPEAKING_PAUSE, THREAD_SOCKETS, Figures, Target
from privatemessages.broker import keys
from privatemessages.conf import Settings
from tests.services import Process

RUNS = 3
FILES = 2 * IDLE_SOCKETS + 1000  # the naive design needs two for each socket

_RATE = round(2 * world.PAIRS / SPEAKING_PAUSE)

ROWS = {
    "delivery_cpu": f"worker CPU per delivery, {THREAD_SOCKETS} sockets (µs)",
    "message_cpu": f"worker CPU per message stored, {_RATE}/s in pairs (µs)",
    "django_cpu": "Django CPU for the same (µs)",
    "stored_ms": "from sent to stored (ms)",
    "memory": f"memory per idle socket, {IDLE_SOCKETS} sockets (KiB)",
    "handshakes": "handshakes per second",
    "handshake_cpu": "worker CPU per handshake (µs)",
}


@dataclass(frozen=True)
class Design:
    name: str
    server: Callable[[world.World], Process]
    path: str  # of a socket, with a place for the thread's id
    channel: Callable[[int], str]


def worker_channel(thread_id: int) -> str:
    return keys.thread_channel(thread_id, Settings().PARTITIONS)


DESIGNS = [
    Design("this worker", world.worker, "/ws/", worker_channel),
    Design("naive", world.naive, "/{}/", "naive:{}".format),
]


def main() -> None:
    options = _options()
    _check_files()
    designs = [design for design in DESIGNS if options.only in ("", design.name.split()[-1])]
    found: dict[str, list[Figures]] = {design.name: [] for design in designs}
    with world.world() as made:
        for run in range(options.runs):
            for design in designs:
                print(f"run {run + 1} of {options.runs}: {design.name}", file=sys.stderr)
                found[design.name].append(_measure(made, design))
    _print_table(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", choices=["worker", "naive"], default="")
    return parser.parse_args()


def _check_files() -> None:
    """Raises the limit as far as it goes, for everything that is started from here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        sys.exit(f"{FILES} open files are needed and {hard} allowed: raise it with ulimit -n.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))


def _measure(made: world.World, design: Design) -> Figures:
    """A fresh server, so that the memory of one run is not found again by the next."""
    figures: Figures = {}
    with design.server(made) as server, _load_generator() as load:
        target = Target(
            pid=server.pid,
            django=made.django.family(),
            port=server.port or 0,
            path=design.path,
            channel=design.channel(made.members[0].thread),
            redis=made.env["REDIS_URL"],
            members=made.members,
        )
        try:
            for scenario in SCENARIOS:
                figures |= load.submit(scenario, target).result()
        except (ConnectionError, TimeoutError) as error:
            sys.exit(f"{design.name}: {error}\n{server.output()}")
    return figures


def _load_generator() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _print_table(found: dict[str, list[Figures]]) -> None:
    width = max(len(title) for title in ROWS.values())
    print(" " * width, *[f"{name:>12}" for name in found])
    for key, title in ROWS.items():
        medians = [statistics.median(run[key] for run in runs) for runs in found.values()]
        print(f"{title:<{width}}", *[f"{median:>12.1f}" for median in medians])


if __name__ == "__main__":
    main()
