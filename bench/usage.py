"""What a process has used, as Linux counts it."""

from collections.abc import Iterable
from pathlib import Path

NANOSECONDS = 1_000_000_000


def cpu_seconds(pids: Iterable[int]) -> float:
    """Of all threads of these processes (proc(5), schedstat: nanoseconds on a processor)."""
    threads = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in threads) / NANOSECONDS


def memory_kib(pid: int) -> int:
    """The resident set."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise LookupError(f"process {pid} has no memory")
