"""Hosts with a network of their own, joined by a bridge: namespaces(7), veth(4).

    with Network() as network:     in a program that was started by `in_a_namespace`
        host = network.add("one")
        host.command(["ip", "route"])
        host.cut()

As root, or as anybody whom the machine lets make user namespaces.
"""

import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.services import Process, eventually

ADDRESS = "10.77.0.{}"
OWN = ADDRESS.format(1)
BITS = 24
MAC = "02:00:00:00:00:01"  # or the bridge takes that of a cable, and of another when it is cut
SLEEP = ["unshare", "--net", "sleep", "infinity"]  # a namespace lives as long as a process in it


def in_a_namespace(command: Sequence[str]) -> list[str]:
    everyone = ["--map-current-user", "--keep-caps"]
    return ["unshare", "--net", *([] if os.geteuid() == 0 else everyone), *command]


def what_forbids_namespaces() -> str:
    """The words of the machine; nothing where it allows them."""
    command = in_a_namespace(["ip", "link", "set", "lo", "up"])
    tried = subprocess.run(command, check=False, capture_output=True, text=True)
    return tried.stderr if tried.returncode else ""


class Network(ExitStack):
    """Seen from the host that this process runs on."""

    def __init__(self) -> None:
        super().__init__()
        self.hosts: list[Host] = []

    def __enter__(self) -> Self:
        super().__enter__()
        _ip("link set lo up")
        _ip(f"link add bridge address {MAC} type bridge")
        _ip(f"addr add {OWN}/{BITS} dev bridge")
        _ip("link set bridge up")
        return self

    def add(self, name: str) -> "Host":
        address = ADDRESS.format(11 + len(self.hosts))
        host = Host(name, address, self.enter_context(Process(SLEEP)))
        self.hosts.append(host)
        return host


class Host:
    def __init__(self, name: str, address: str, keeper: Process) -> None:
        self.address = address
        self._keeper = keeper.pid
        self._cable = f"to-{name}"
        assert eventually(self._is_apart), "it has no network of its own"
        _ip(f"link add {self._cable} type veth peer name eth0 netns {self._keeper}")
        for words in ("link set lo up", f"addr add {address}/{BITS} dev eth0", "link set eth0 up"):
            subprocess.run(self.command(["ip", *words.split()]), check=True)
        _ip(f"link set {self._cable} master bridge")
        self.join()

    def command(self, words: Sequence[str]) -> list[str]:
        """The same on this host."""
        return ["nsenter", "--target", str(self._keeper), "--net", *words]

    def cut(self) -> None:
        """Nobody is told: what is on its way is gone, and the rest is silence."""
        _ip(f"link set {self._cable} down")

    def join(self) -> None:
        _ip(f"link set {self._cable} up")

    def _is_apart(self) -> bool:
        namespaces = [Path(f"/proc/{pid}/ns/net").readlink() for pid in ("self", self._keeper)]
        return namespaces[0] != namespaces[1]


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)
