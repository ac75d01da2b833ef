"""Redis by TLS, with a certificate that is no public authority's."""

import asyncio
import subprocess
from contextlib import closing

import pytest

from privatemessages.broker import blocking
from privatemessages.errors import Unavailable
from tests.broker.conftest import broker_at, settings_for, spoken
from tests.broker.running import asynchronous
from tests.services import RedisServer, free_port

CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
    *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The files of one for "localhost", and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "cert.pem", folder / "key.pem"
    command = [*CERTIFICATE, "-out", paths[0], "-keyout", paths[1]]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return paths


@pytest.fixture(scope="module")
def place(certificate):
    """Host and port of a Redis that asks its clients for a certificate as well."""
    cert, key = map(str, certificate)
    port = free_port()
    options = ["--tls-port", str(port), "--tls-cert-file", cert, "--tls-key-file", key]
    options += ["--tls-ca-cert-file", cert, "--requirepass", "hush"]
    with Locked(*options):
        yield f"localhost:{port}"


class Locked(RedisServer):
    def client(self):
        client = super().client()
        client.connection_pool.connection_kwargs["password"] = "hush"
        return client


def url(place, certificate, words="ssl_ca_certs={0}&ssl_certfile={0}&ssl_keyfile={1}"):
    return f"rediss://:hush@{place}/0?{words.format(*certificate)}"


@asynchronous
async def test_both_clients_reach_it(place, certificate):
    where = url(place, certificate)
    with closing(blocking.Broker(settings_for(where))) as django:
        await asyncio.to_thread(django.ping)
        async with broker_at(where) as worker:
            await worker.join_epochs()
            assert await worker.accept(spoken()) == 1
            assert (await asyncio.to_thread(django.outbox_state)).waiting == 1
            assert "hush" not in worker.address


@pytest.mark.parametrize("words", ["", "ssl_ca_certs={0}"])
@asynchronous
async def test_whoever_is_not_trusted_is_not_told_anything(place, certificate, words):
    where = url(place, certificate, words)
    with closing(blocking.Broker(settings_for(where))) as django, pytest.raises(Unavailable):
        await asyncio.to_thread(django.ping)
    async with broker_at(where) as worker:
        with pytest.raises(Unavailable):
            await worker.ping()
