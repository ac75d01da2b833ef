"""The messenger on three hosts: workers on two, and all the rest on the third, where this runs."""

import shutil
import subprocess
import urllib.request
from pathlib import Path

from tests.faults.stack import Stack, metric_in
from tests.hosts.network import OWN, Host, Network
from tests.services import PYTHON, Process, RedisServer

LOOPBACK = "127.0.0.1"
PORT = 8880  # of the worker of each host
BALANCER_PORT = 8080
READ = "import sys, urllib.request as web; print(web.urlopen(sys.argv[1]).read().decode())"
HERE = Path(__file__).parent


class Worker(Process):
    def __init__(self, host: Host, env: dict[str, str]) -> None:
        self.host = host.address
        self.at = host
        command = [PYTHON, "manage.py", "starttornadoapp", str(PORT), "--address", self.host]
        super().__init__(host.command(command), port=PORT, env=env)

    def is_ready(self) -> bool:
        """Seen from here."""
        try:
            with urllib.request.urlopen(f"http://{self.host}:{PORT}/readyz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def metric(self, name: str) -> float:
        """Asked on its own host, so that no cable is needed."""
        url = f"http://{self.host}:{PORT}/metrics"
        page = subprocess.check_output(self.at.command([PYTHON, "-c", READ, url]), text=True)
        return metric_in(page, name)


class OnHosts(Stack):
    address = OWN

    def __init__(self, network: Network, companies: int, size: int) -> None:
        super().__init__(companies, size, _redis_for_all)
        self._network = network

    def _start_workers(self) -> list[Process]:
        env = self._env_elsewhere()
        self.workers_at = [self.enter_context(Worker(host, env)) for host in self._network.hosts]
        self.enter_context(Balancer(str(self.postgres.address)))
        return [*self.workers_at]

    def _env_elsewhere(self) -> dict[str, str]:
        """Nothing that the workers need is on their own host."""
        away = {name: value.replace(LOOPBACK, OWN) for name, value in self.env.items()}
        return away | {"DJANGO_SETTINGS_MODULE": "tests.hosts.settings"}

    def _sockets(self) -> list[str]:
        return [f"ws://{OWN}:{BALANCER_PORT}/ws/"]


class Balancer(Process):
    host = OWN

    def __init__(self, postgres: str) -> None:
        command = [_haproxy(), "-db", "-f", HERE / "haproxy.cfg"]
        super().__init__(command, port=BALANCER_PORT, env={"POSTGRES": postgres})


def _redis_for_all() -> RedisServer:
    """Only the three hosts can reach it."""
    return RedisServer("--bind", f"{LOOPBACK} {OWN}", "--protected-mode", "no")


def _haproxy() -> str:
    found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    assert found, "haproxy is not installed: make test says how to get it"
    return found
