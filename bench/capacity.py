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
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

from bench import storing, telling, world
from bench.sockets import open_sockets
from bench.usage import cpu_seconds, memory_kib

PAIRS = 500  # so 1,000 people
SOCKETS = 10_000
FILES = SOCKETS + 2_000
SILENCE = 60.0  # seconds in which nothing happens but heartbeats
OPEN_TIMEOUT = 600.0  # seconds for all of them, on a busy machine
MICROSECONDS = 1_000_000

Figures = dict[str, float]


def sockets(made: world.World) -> Figures:
    with world.worker(made) as server, _process() as load:
        return load.apply(_sockets, (server.pid, server.port, made.members))


def _sockets(pid: int, port: int, members: list[world.Member]) -> Figures:
    return asyncio.run(_open_and_wait(pid, port, members))


async def _open_and_wait(pid: int, port: int, members: list[world.Member]) -> Figures:
    """Silent ones, of 1,000 people."""
    everybody = members * (SOCKETS // len(members))
    wanted = [("/ws/", member.cookie) for member in everybody]
    memory, cpu, began = memory_kib(pid), cpu_seconds([pid]), time.monotonic()
    opened = await open_sockets(port, wanted, lambda _: None, OPEN_TIMEOUT)
    seconds, spent = time.monotonic() - began, cpu_seconds([pid]) - cpu
    held = memory_kib(pid) - memory
    idle = cpu_seconds([pid])
    await asyncio.sleep(SILENCE)
    idle = cpu_seconds([pid]) - idle
    lost = sum(not socket.is_open for socket in opened)
    for socket in opened:
        socket.close()
    return {
        f"worker: memory of {SOCKETS} sockets (MiB)": held / 1024,
        "worker: handshakes per second": len(opened) / seconds,
        "worker: CPU per handshake (µs)": spent / len(opened) * MICROSECONDS,
        "worker: sockets that were closed meanwhile": lost,
        f"worker: CPU of {SOCKETS} silent sockets (% of a core)": idle / SILENCE * 100,
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
    wanted = parser.parse_args().parts
    _raise_files()
    print(f"{datetime.now(UTC):%d %B %Y}, {_machine()}")
    with world.world(PAIRS) as made:
        for part in wanted:
            for title, figure in PARTS[part](made).items():
                print(f"{title:<62}{figure:>12,.1f}", flush=True)


def _raise_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        sys.exit(f"{FILES} open files are needed and {hard} allowed: raise it with ulimit -Hn.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))


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
