"""Through haproxy, as browsers come."""

import subprocess

import pytest

from tests.services import Process, free_port

pytestmark = pytest.mark.usefixtures("unchanged")

CONFIGURATION = """
defaults
    mode http
    timeout connect 2s
    timeout client 10s
    timeout server 10s
    timeout tunnel 60s

frontend tls
    bind 127.0.0.1:{tls} ssl crt {certificate}
    default_backend workers

frontend empty
    bind 127.0.0.1:{empty}
    default_backend nobody

frontend plain
    bind 127.0.0.1:{plain}
    http-request redirect scheme https

backend workers
    balance roundrobin
    server worker0 127.0.0.1:{worker0}
    server worker1 127.0.0.1:{worker1}

backend nobody
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Signed by itself; the key is in the same file, as haproxy wants it."""
    path = tmp_path_factory.mktemp("certificate") / "own.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", path, "-out", path.with_suffix(".crt")]
    subprocess.run(command, check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.fixture(scope="module")
def proxy(running_stack, certificate, tmp_path_factory):
    """The address of each of its frontends."""
    ports = {name: free_port() for name in ("tls", "empty", "plain")}
    workers = {f"worker{n}": worker.port for n, worker in enumerate(running_stack.workers)}
    path = tmp_path_factory.mktemp("haproxy") / "haproxy.cfg"
    path.write_text(CONFIGURATION.format(certificate=certificate, **ports, **workers))
    with Process(["haproxy", "-db", "-f", path], port=ports["tls"]):
        yield {
            name: f"{'wss' if name == 'tls' else 'ws'}://127.0.0.1:{port}/ws/"
            for name, port in ports.items()
        }


def test_a_certificate_that_is_trusted_is_a_way_in(doctor, proxy, certificate):
    found = doctor.at(proxy["tls"], SSL_CERT_FILE=str(certificate))

    assert found.status == 0, found.text


def test_one_that_is_not_is_named(doctor, proxy):
    step, problem = doctor.at(proxy["tls"]).broken

    assert step == "handshake"
    assert problem.startswith("The certificate cannot be trusted: self")


def test_a_proxy_without_a_worker_says_so(doctor, proxy):
    step, problem = doctor.at(proxy["empty"]).broken

    assert step == "handshake"
    assert "The proxy has no worker that is ready (status 503)" in problem


def test_one_that_leads_to_tls_is_not_followed(doctor, proxy):
    step, problem = doctor.at(proxy["plain"]).broken

    assert step == "handshake"
    assert problem.endswith("(status 302). With TLS the address begins with wss://.")
