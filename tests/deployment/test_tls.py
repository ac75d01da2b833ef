import os
import ssl
import stat
import subprocess
from contextlib import closing

import pytest

from tests.deployment.edge import program
from tests.deployment.fitting import fit_file, fit_haproxy
from tests.deployment.test_edge import UPGRADE


def handshake(front, context):
    with closing(front.connect()) as connection:
        connection._context = context
        connection.connect()
        return connection.sock.version(), connection.sock.selected_alpn_protocol()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_plain_http_leads_to_https(front, address):
    answer = front.ask("/messages/?page=2", tls=False, address=address)
    assert answer.status == 301
    assert answer.headers["Location"].startswith("https://")
    assert answer.headers["Location"].endswith("/messages/?page=2")
    assert answer.headers["Strict-Transport-Security"] is None, "browsers ignore it there"
    assert not front.pages.seen


def test_nothing_else_is_had_without_tls(front):
    assert front.ask("/ws/", headers=UPGRADE, tls=False).status == 301
    assert front.ask("/accounts/login/", method="POST", tls=False).status == 301
    assert not any(echo.seen for echo in front.all_behind)


def test_but_a_proof_of_who_we_are(front):
    path = "/.well-known/acme-challenge/token"
    assert front.ask(path, tls=False).status == 200
    assert [request.path for request in front.certbot.seen] == [path]


@pytest.mark.parametrize("path", ["/", "/metrics", "/static/missing.js"])
def test_browsers_are_told_to_keep_to_it(front, path):
    assert front.ask(path).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_browsers_get_http_2_within_tls_1_3(front):
    context = front.trust()
    context.set_alpn_protocols(["h2", "http/1.1"])
    assert handshake(front, context) == ("TLSv1.3", "h2")


def test_what_is_older_than_tls_1_2_is_refused(front):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="version"):
        handshake(front, context)


@pytest.fixture
def take_certificate(tmp_path):
    """As certbot calls it, with what it has of a name."""
    places = {"/etc/haproxy/certificates": tmp_path, "systemctl reload": "echo reloads"}
    script = fit_file("take-certificate", tmp_path / "take-certificate", places)

    def take(name: str, **parts: str) -> subprocess.CompletedProcess[str]:
        lineage = tmp_path / "live" / name
        lineage.mkdir(parents=True)
        for part, text in parts.items():
            (lineage / f"{part}.pem").write_text(text)
        env = {**os.environ, "RENEWED_LINEAGE": str(lineage)}
        command = ["sh", script]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=env)

    return take


def test_certbot_hands_its_certificates_over_as_haproxy_wants_them(take_certificate, tmp_path):
    for name in ("example.com", "chat.example.com"):
        done = take_certificate(name, fullchain=f"chain of {name}\n", privkey="key\n")
        assert (done.returncode, done.stdout) == (0, "reloads haproxy\n")

    for name in ("example.com", "chat.example.com"):
        file = tmp_path / f"{name}.pem"
        assert file.read_text() == f"chain of {name}\nkey\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_certificate_without_its_key_keeps_haproxy_from_nothing(take_certificate, tmp_path):
    done = take_certificate("example.com", fullchain="chain\n")

    assert (done.returncode != 0, done.stdout) == (True, "")
    # Of the folder, haproxy reads what begins with no dot.
    assert not [*tmp_path.glob("[!.]*.pem*")]


def test_a_wrong_path_of_the_certificate_is_told_before_a_start(front, tmp_path):
    configuration = fit_haproxy(tmp_path, front.ports)
    command = [program("haproxy"), "-c", "-f", configuration]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert f"'{tmp_path}/certificates/'" in result.stderr
