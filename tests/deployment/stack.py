"""The whole site as deploy/ describes it: PostgreSQL, Redis, supervisord with gunicorn and four
workers, nginx and haproxy. From outside there is one address, `url`."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.deployment import fitting
from tests.deployment.edge import Edge, own_folder
from tests.deployment.fitting import Ports
from tests.services import (
    PYTHON,
    ROOT,
    Assembly,
    PostgresServer,
    Process,
    RedisServer,
    eventually,
    finished,
    port_answers,
    run,
)

COMMAND_TIMEOUT = 120  # s
READY_TIMEOUT = 60  # s
DRAIN_SECONDS = 2
API_KEY = "the workers' key"
PRODUCTION = {
    "SECRET_KEY": "a-secret-of-the-tests-that-is-long-enough-for-every-check-of-Django's",
    "API_KEY": API_KEY,
    "PROGRAM_API_KEYS": "the programs' key",
    "ALLOWED_HOSTS": "127.0.0.1,[::1],localhost",
    "DEBUG": "False",
}


class Supervisor(Process):
    """Ready when all that it runs listens; ended when all of that has ended."""

    def __init__(self, configuration: Path, ports: Ports) -> None:
        supervisord = Path(PYTHON).with_name("supervisord")
        command: list[Path | str] = [supervisord, "--nodaemon", "--configuration", configuration]
        super().__init__(command, cwd=Path("/"))  # as systemd starts it
        self.ports = ports

    def ready(self) -> bool:
        return all(map(port_answers, [self.ports.gunicorn, *self.ports.workers]))

    def stop(self, timeout: float = COMMAND_TIMEOUT) -> int | None:
        return super().stop(timeout)


class Deployment(Assembly):
    """`postgres`, `redis`, `supervisor`, `edge.nginx` and `edge.haproxy` are processes, to be
    killed, paused and started again; `heal()` mends what was broken."""

    def _start(self) -> None:
        self.folder = own_folder()
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.ports = Ports.free()
        self.static = self.folder / "static"
        collecting = self._popen("collectstatic", STATIC_ROOT=str(self.static))
        self.postgres = self.enter_context(PostgresServer())
        self.redis = self.enter_context(RedisServer())
        self.env = self._environment(self.postgres.create_database("deployment"))
        self._write_environment()
        self.manage("migrate", "--verbosity", "0")
        assert collecting.wait(COMMAND_TIMEOUT) == 0, "collectstatic failed"
        configuration = fitting.fit_supervisor(self.folder, self.ports)
        self.supervisor = self.enter_context(Supervisor(configuration, self.ports))
        self.edge = self.enter_context(Edge(self.ports, self.folder, self.static))
        self.wait_until_ready()

    def _environment(self, database: str) -> dict[str, str]:
        gunicorn = f"http://127.0.0.1:{self.ports.gunicorn}"
        return {
            "DATABASE_URL": database,
            "REDIS_URL": self.redis.url,
            **PRODUCTION,
            "SEND_MESSAGE_API_URL": f"{gunicorn}/messages/send_message_api/",
            "STATIC_ROOT": str(self.static),
            "DRAIN_SECONDS": str(DRAIN_SECONDS),
            "WEB_CONCURRENCY": "2",
        }

    def _write_environment(self) -> None:
        lines = [f"{name}={value}\n" for name, value in self.env.items()]
        (self.folder / "environment").write_text("".join(lines))

    @property
    def url(self) -> str:
        return self.edge.url

    @property
    def socket_url(self) -> str:
        return self.edge.socket_url

    @property
    def worker_ports(self) -> list[int]:
        return self.ports.workers

    def supervisorctl(self, *words: str) -> str:
        """What it printed; its exit status says less."""
        supervisorctl = Path(PYTHON).with_name("supervisorctl")
        configuration = self.folder / "supervisord.conf"
        return finished(supervisorctl, "--configuration", configuration, *words).stdout

    def manage(self, *words: str) -> str:
        """What `manage.py` printed; it has to succeed."""
        return run("manage.py", *words, env=self.env)

    def heal(self) -> None:
        """Whatever a test left stopped or frozen runs again."""
        for process in (
            self.postgres,
            self.redis,
            self.supervisor,
            self.edge.nginx,
            self.edge.haproxy,
        ):
            if process.alive:
                process.resume()
            else:
                process.start()
        for table in ("handshakes", "sign_ins", "sessions"):
            self.edge.command(f"clear table {table}")
        if not self.ready():
            self.supervisorctl("start", "gunicorn", "tornado:*")
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        assert eventually(self.ready, READY_TIMEOUT), self.output()

    def ready(self) -> bool:
        """All parts are, and haproxy knows it."""
        parts = [self.ports.gunicorn, *self.worker_ports]
        return all(map(_is_ready, parts)) and set(self.edge.workers().values()) == {"UP"}

    def output(self) -> str:
        """The last words of everybody, for a failure."""
        logs = {file.name: file.read_text(errors="replace") for file in self.folder.glob("log/*")}
        for name, process in (("haproxy", self.edge.haproxy), ("nginx", self.edge.nginx)):
            logs[name] = process.output()
        return "\n".join(f"--- {name}\n{text[-2000:]}" for name, text in logs.items())

    def _popen(self, *words: str, **env: str) -> subprocess.Popen[bytes]:
        command = [PYTHON, "manage.py", *words, "--no-input", "--verbosity", "0"]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | PRODUCTION | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
