"""A program that a test runs, and the port on which it answers."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable

START_TIMEOUT = 30.0  # seconds
STOP_TIMEOUT = 15.0  # seconds
EVENTUALLY = 10.0  # seconds
POLL_INTERVAL = 0.02  # seconds

# Below the ports of outgoing connections (Linux: from 32768), one of which might take a port before
# its server listens there, or while it is restarted. Each of pytest-xdist's processes has a block.
PORTS = range(20_000, 32_000)
BLOCK = 1_000  # ports


class NotStarted(Exception):
    """The program ended, or did not answer on its port in time."""


class Process:
    """One program, started and ended any number of times with the same command."""

    stop_signal = signal.SIGTERM
    host = "127.0.0.1"  # where its port is

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        port: int | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        user: str | None = None,
    ) -> None:
        self.command = [os.fspath(word) for word in command]
        self.port = port
        self.env = env or {}
        self.cwd = cwd
        self.user = user
        self._popen: subprocess.Popen[bytes] | None = None
        self._log = _file_for_life_of(self)

    def __enter__(self) -> Self:
        return self if self.alive else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, timeout: float = START_TIMEOUT) -> Self:
        assert not self.alive, f"{self.command[0]} is running"
        with self._log.open("ab") as log:
            self._popen = subprocess.Popen(
                self.command,
                env={**os.environ, **self.env},
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **_identity(self.user),
            )
        try:
            self._wait_until_ready(timeout)
        except NotStarted:
            self.kill()
            raise
        return self

    def _wait_until_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self.ready():
            if not self.alive:
                raise NotStarted(f"{self.command} ended with {self.returncode}:\n{self.output()}")
            if time.monotonic() > deadline:
                raise NotStarted(f"{self.command} is not up after {timeout} s:\n{self.output()}")
            time.sleep(POLL_INTERVAL)

    def ready(self) -> bool:
        """Whether it serves; a program without a port does so at once."""
        return self.port is None or port_answers(self.port, self.host)

    def stop(self, timeout: float = STOP_TIMEOUT) -> int | None:
        """Ask it to end; the exit status, negative for a signal, None if it never ran."""
        if self._popen is None:
            return None
        if self.alive:
            self.resume()
            self.signal(self.stop_signal)
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        return self._popen.returncode

    def kill(self) -> None:
        family = self.family() if self.alive else []
        for pid in family:
            _send(pid, signal.SIGKILL)
        if self._popen is not None:
            self._popen.wait()

    def pause(self) -> None:
        for pid in self.family():
            _send(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self.family():
            _send(pid, signal.SIGCONT)

    def heal(self) -> None:
        """Let it run, whether it was ended or paused."""
        self.resume() if self.alive else self.start()

    def signal(self, number: int) -> None:
        _send(self.pid, number)

    def wait(self, timeout: float = STOP_TIMEOUT) -> int:
        """Wait until it ends by itself; its exit status."""
        assert self._popen is not None
        return self._popen.wait(timeout)

    def family(self) -> list[int]:
        """The ids of the process and of all that descend from it, ancestors first."""
        listing = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)
        pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
        family = [self.pid]
        for member in family:
            family += [pid for pid, parent in pairs if parent == member]
        return family

    @property
    def pid(self) -> int:
        assert self._popen is not None, "it was never started"
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def returncode(self) -> int | None:
        return None if self._popen is None else self._popen.poll()

    def output(self) -> str:
        return self._log.read_text(errors="replace")


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    return next(port for port in _ports if _is_free(port))


def _own_ports() -> list[int]:
    """In an order of chance, because a second run beside this one has the same ports."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = PORTS[number * BLOCK % len(PORTS)]
    return random.sample(range(first, first + BLOCK), BLOCK)


_ports = cycle(_own_ports())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def port_answers(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def wait_for_port(port: int, timeout: float = START_TIMEOUT) -> None:
    """Return when something listens there; raise `NotStarted` when nothing does in time."""
    if not eventually(lambda: port_answers(port), timeout):
        raise NotStarted(f"nothing listens on port {port} after {timeout} s")


def eventually(condition: Callable[[], object], timeout: float = EVENTUALLY) -> bool:
    """Whether it comes to hold in time."""
    deadline = time.monotonic() + timeout
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
    return bool(holds)


def _file_for_life_of(owner: object) -> Path:
    handle, path = tempfile.mkstemp(prefix="service-", suffix=".log")
    os.close(handle)
    weakref.finalize(owner, Path.unlink, Path(path), missing_ok=True)
    return Path(path)


def _identity(user: str | None) -> dict[str, object]:
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it ended between being listed and being told
