"""What stands before the site, haproxy and nginx from the files of deploy/, and how to ask it."""

import http.client
import os
import shutil
import socket
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.deployment import fitting
from tests.deployment.fitting import Ports
from tests.services import Assembly, Process

ANSWER_TIMEOUT = 20  # s


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Edge(Assembly):
    """`folder` holds all that is made; `static` is what collectstatic filled, or will.

    `haproxy` is what else its file says, see `fitting.fit_haproxy`.
    """

    def __init__(
        self, ports: Ports, folder: Path, static: Path, haproxy: Mapping[str, object] | None = None
    ) -> None:
        super().__init__()
        self.ports, self.folder, self.static = ports, folder, static
        self._differences = haproxy

    def _start(self) -> None:
        self.certificate = fitting.make_certificate(self.folder / "certificates")
        nginx = fitting.fit_nginx(self.folder, self.ports, self.static)
        haproxy = fitting.fit_haproxy(self.folder, self.ports, self._differences)
        self.nginx = self.enter_context(Process(nginx_command(nginx), port=self.ports.nginx))
        command = [program("haproxy"), "-db", "-f", os.fspath(haproxy)]
        self.haproxy = self.enter_context(Process(command, port=self.ports.https))

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.ports.https}"

    @property
    def socket_url(self) -> str:
        return f"wss://127.0.0.1:{self.ports.https}/ws/"

    def trust(self) -> ssl.SSLContext:
        """For whoever wants to believe the certificate."""
        return ssl.create_default_context(cafile=self.certificate)

    def connect(
        self, *, tls: bool = True, address: str = "127.0.0.1", source: str | None = None
    ) -> http.client.HTTPConnection:
        """From `source`, another address of the loopback network (127.0.0.2, …)."""
        origin = (source, 0) if source else None
        if tls:
            return http.client.HTTPSConnection(
                address,
                self.ports.https,
                timeout=ANSWER_TIMEOUT,
                source_address=origin,
                context=self.trust(),
            )
        return http.client.HTTPConnection(
            address, self.ports.http, timeout=ANSWER_TIMEOUT, source_address=origin
        )

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
        tls: bool = True,
        address: str = "127.0.0.1",
        source: str | None = None,
    ) -> Answer:
        """One request on a connection of its own; `path` goes out as it is written."""
        connection = self.connect(tls=tls, address=address, source=source)
        try:
            return ask_on(connection, path, method=method, headers=headers, body=body)
        finally:
            connection.close()

    def command(self, words: str) -> str:
        """What haproxy answers on its socket for administrators."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(ANSWER_TIMEOUT)
            line.connect(str(self.folder / "haproxy.sock"))
            line.sendall(f"{words}\n".encode())
            return b"".join(iter(lambda: line.recv(65536), b"")).decode()

    def workers(self) -> dict[str, str]:
        """How haproxy finds each of them: UP, DOWN …"""
        rows = [row.split(",") for row in self.command("show stat").splitlines() if "," in row]
        status = rows[0].index("status")
        servers = [row for row in rows if row[0] == "workers" and row[1].startswith("tornado")]
        return {row[1]: row[status] for row in servers}


def ask_on(
    connection: http.client.HTTPConnection,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> Answer:
    connection.request(method, path, body, dict(headers or {}))
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def nginx_command(configuration: Path) -> list[str]:
    return [program("nginx"), "-e", "stderr", "-c", f"{configuration}", "-g", "daemon off;"]


def program(name: str) -> str:
    """Debian keeps servers where a developer's PATH does not lead."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert found, f"{name} is not installed: make test says how to get it"
    return found


def own_folder() -> Path:
    """Readable for nginx's own account; short, because the path of a socket may not be long."""
    folder = Path(tempfile.mkdtemp(prefix="edge-"))
    folder.chmod(0o755)
    return folder
