"""haproxy and nginx by themselves. What stands behind them takes everything, so that what is
refused is refused by them."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.deployment.echo import Echo
from tests.deployment.edge import Edge, own_folder
from tests.deployment.fitting import Ports

HASHED = "app.0123456789ab.js"
PLAIN = "app.js"
COMPRESSED = b"compressed by collectstatic"


class Front(Edge):
    def __init__(self, haproxy: Mapping[str, object] | None = None) -> None:
        folder = own_folder()
        super().__init__(Ports.free(), folder, folder / "static", haproxy)

    def _start(self) -> None:
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._fill_static()
        self.pages = self.enter_context(Echo(self.ports.gunicorn))
        self.certbot = self.enter_context(Echo(self.ports.certbot))
        self.workers_behind = [self.enter_context(Echo(port)) for port in self.ports.workers]
        super()._start()

    def _fill_static(self) -> None:
        self.static.mkdir()
        for name in (HASHED, PLAIN):
            (self.static / name).write_text("export const answer = 42;\n" * 100)
        (self.static / f"{HASHED}.gz").write_bytes(COMPRESSED)

    @property
    def all_behind(self) -> list[Echo]:
        return [self.pages, self.certbot, *self.workers_behind]

    @contextmanager
    def without_gunicorn(self) -> Iterator[None]:
        self.pages.__exit__(None, None, None)
        yield
        self.pages = self.enter_context(Echo(self.ports.gunicorn))

    @contextmanager
    def without_nginx(self) -> Iterator[None]:
        self.nginx.stop()
        yield
        self.nginx.start()

    def forget(self) -> None:
        for echo in self.all_behind:
            echo.status = 200
            echo.seen.clear()
