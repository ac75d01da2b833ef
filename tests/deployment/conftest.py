import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.deployment.echo import Echo
from tests.deployment.edge import Edge, own_folder
from tests.deployment.fitting import Ports
from tests.deployment.stack import Deployment

HASHED = "app.0123456789ab.js"
PLAIN = "app.js"


@pytest.fixture(scope="package")
def whole_deployment():
    with Deployment() as deployment:
        yield deployment


@pytest.fixture
def deployment(whole_deployment):
    """Everything runs when a test begins, whatever the one before it did."""
    whole_deployment.heal()
    return whole_deployment


class Front(Edge):
    """haproxy and nginx, and echoes behind them."""

    pages: Echo
    certbot: Echo
    workers_behind: list[Echo]

    def _start(self) -> None:
        self.pages = self.enter_context(Echo(self.ports.gunicorn))
        self.certbot = self.enter_context(Echo(self.ports.certbot))
        self.workers_behind = [self.enter_context(Echo(port)) for port in self.ports.workers]
        super()._start()

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


@pytest.fixture(scope="package")
def whole_front():
    folder = own_folder()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        static = folder / "static"
        static.mkdir()
        for name in (HASHED, PLAIN):
            (static / name).write_text("export const answer = 42;\n" * 100)
        (static / f"{HASHED}.gz").write_bytes(b"compressed by collectstatic")
        yield stack.enter_context(Front(Ports.free(), folder, static))


@pytest.fixture
def front(whole_front):
    """The edge by itself; what stands behind it takes everything, so that only the edge refuses."""
    whole_front.forget()
    for process in (whole_front.nginx, whole_front.haproxy):
        if not process.alive:
            process.start()
    return whole_front
