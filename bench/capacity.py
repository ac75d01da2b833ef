"""What one worker, one Redis and one PostgreSQL carry: `python -m bench.capacity [part ...]`."""

import argparse
import asyncio
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

from bench import endings, storing, telling, world
from bench.sockets import AT_ONCE, open_sockets
from bench.usage import cpu_seconds, memory_kib

PAIRS = 500  # so 1,000 people
SOCKETS = 10_000
SPARE_FILES = 2_000
SILENCE = 60.0  # seconds in which nothing happens but heartbeats
OPEN_TIMEOUT = 600.0  # seconds for all of them, on a busy machine
MICROSECONDS = 1_000_000

Figures = dict[str, float]


def sockets(made: world.World, count: int = SOCKETS, at_once: int = AT_ONCE) -> Figures:
    """Silent ones, a few of each person."""
    wanted = [("/ws/", member.cookie) for member in islice(cycle(made.members), count)]
    with world.worker(made) as server, _process() as load:
        figures = load.apply(_sockets, (server.pid, server.port, wanted, at_once))
        print(server.output(), file=sys.stderr)
        return figures


def _sockets(pid: int, port: int, wanted: list[tuple[str, str]], at_once: int) -> Figures:
    return asyncio.run(_open_and_wait(pid, port, wanted, at_once))


async def _open_and_wait(
    pid: int, port: int, wanted: list[tuple[str, str]], at_once: int
) -> Figures:
    memory, cpu, began = memory_kib(pid), cpu_seconds([pid]), time.monotonic()
    opened = await open_sockets(port, wanted, lambda _: None, OPEN_TIMEOUT, at_once)
    seconds, spent = time.monotonic() - began, cpu_seconds([pid]) - cpu
    held = memory_kib(pid) - memory
    idle = cpu_seconds([pid])
    await asyncio.sleep(SILENCE)
    idle = cpu_seconds([pid]) - idle
    ended = endings.seen(opened) | endings.told(port)
    for socket in opened:
        socket.close()
    return {
        f"worker: memory of {len(opened)} sockets (MiB)": held / 1024,
        "worker: handshakes per second": len(opened) / seconds,
        "worker: CPU per handshake (µs)": spent / len(opened) * MICROSECONDS,
        f"worker: CPU of {len(opened)} silent sockets (% of a core)": idle / SILENCE * 100,
        **ended,
    }


def redis(made: world.World) -> Figures:
    return telling.measure(made.redis, made.members)


def database(made: world.World) -> Figures:
    return storing.measure(made)


PARTS: dict[str, Callable[[world.World], Figures]] = {
    "redis": redis,
    "database": database,
    "sockets": sockets,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--sockets", type=int, default=SOCKETS, help="how many at one worker")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="handshakes on their way")
    options = parser.parse_args()
    many = partial(sockets, count=options.sockets, at_once=options.at_once)
    parts = PARTS | {"sockets": many}
    _raise_files(options.sockets + SPARE_FILES)
    print(f"{datetime.now(UTC):%d %B %Y}, {_machine()}")
    with world.world(PAIRS) as made:
        for part in options.parts:
            for title, figure in parts[part](made).items():
                print(f"{title:<62}{figure:>12,.1f}", flush=True)


def _raise_files(wanted: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        sys.exit(f"{wanted} open files are needed and {hard} allowed: raise it with ulimit -Hn.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _process() -> Iterator[Pool]:
    """The load comes from a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        yield pool


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
