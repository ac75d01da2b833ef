"""The files of deploy/ with other ports, paths and users in exact places, and else unchanged."""

import getpass
import grp
import os
import random
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.services import ROOT
from tests.services.process import _is_free

DEPLOY = ROOT / "deploy"
SHIPPED = "/srv/privatemessages"
WORKERS = 4
# Below those of other servers of tests, which a second run beside this one may take meanwhile.
TENS = range(10_000, 20_000, 10)
# The lines of haproxy.cfg that are comments as it is shipped: a host name of its own for sockets.
CHAT = {
    f"    #{line}": f"    {line}"
    for line in (
        "acl is_chat ",
        'http-request return status 404 content-type text/plain string "Not found" if is_chat ',
    )
}
NAMES = ["DNS:localhost", "DNS:chat.example.com", "IP:127.0.0.1", "IP:::1"]


def fit(text: str, places: Mapping[str, object]) -> str:
    """`text` with each of these replaced, which has to be in it."""
    missing = [place for place in places if place not in text]
    assert not missing, f"not there any more: {missing}"
    # In one pass, longest first, so that what was put in is not replaced again.
    longest_first = sorted(places, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest_first))
    return re.sub(pattern, lambda match: str(places[match[0]]), text)


def fit_file(name: str, target: Path, places: Mapping[str, object]) -> Path:
    target.write_text(fit((DEPLOY / name).read_text(), places))
    return target


@dataclass(frozen=True)
class Ports:
    http: int
    https: int
    nginx: int
    gunicorn: int
    certbot: int
    workers: list[int]

    @classmethod
    def free(cls) -> "Ports":
        """Ten in a row: the last digit of a worker's is its number, as in 888%(process_num)d."""
        tens = random.sample(TENS, len(TENS))
        first = next(ten for ten in tens if all(map(_is_free, range(ten, ten + 10))))
        workers, others = range(first, first + WORKERS), range(first + WORKERS, first + WORKERS + 5)
        return cls(*others, list(workers))


def fit_haproxy(folder: Path, ports: Ports, more: Mapping[str, object] | None = None) -> Path:
    """Beside `folder`/certificates; `more` takes the place of what it names."""
    crt = f"{folder}/certificates/"
    places = {
        "    user haproxy\n    group haproxy\n    chroot /var/lib/haproxy\n": "",
        "/run/haproxy/admin.sock": folder / "haproxy.sock",
        # What a container or a developer may open is less than a server.
        "    maxconn 50000": "    maxconn 4000",
        "bind :80\n": f"bind 127.0.0.1:{ports.http}\n",
        "bind :::80 v6only": f"bind [::1]:{ports.http} v6only",
        "bind :443 ": f"bind 127.0.0.1:{ports.https} ",
        "bind :::443 v6only": f"bind [::1]:{ports.https} v6only",
        "/etc/haproxy/certificates/": crt,
        f"{SHIPPED}/deploy/": f"{DEPLOY}/",
        "server nginx 127.0.0.1:8080": f"server nginx 127.0.0.1:{ports.nginx}",
        "server certbot 127.0.0.1:8089": f"server certbot 127.0.0.1:{ports.certbot}",
    }
    for number, port in enumerate(ports.workers):
        places[f"127.0.0.1:888{number}"] = f"127.0.0.1:{port}"
    return fit_file("haproxy.cfg", folder / "haproxy.cfg", places | dict(more or {}))


def fit_nginx(folder: Path, ports: Ports, static: Path) -> Path:
    (folder / "nginx").mkdir(exist_ok=True)
    # Of these the file says nothing, and where Debian's nginx keeps them only root may write.
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "".join(f"    {kind}_temp_path {folder}/nginx/{kind};\n" for kind in kinds)
    places = {
        "user www-data;": f"user {account()} {group()};" if os.geteuid() == 0 else "",
        "/run/nginx.pid": folder / "nginx.pid",
        "worker_processes auto;": "worker_processes 1;",
        "    worker_connections 4096;": "    worker_connections 1024;",
        "worker_rlimit_nofile 8192;": "worker_rlimit_nofile 4096;",
        "/var/log/nginx/": f"{folder}/nginx/",
        "127.0.0.1:8080": f"127.0.0.1:{ports.nginx}",
        "127.0.0.1:8000": f"127.0.0.1:{ports.gunicorn}",
        f"{SHIPPED}/var/static/": f"{static}/",
        "http {\n": f"http {{\n{own}",
    }
    return fit_file("nginx.conf", folder / "nginx.conf", places)


def fit_gunicorn(folder: Path, ports: Ports) -> Path:
    places = {"127.0.0.1:8000": f"127.0.0.1:{ports.gunicorn}"}
    return fit_file("gunicorn.conf.py", folder / "gunicorn.conf.py", places)


def fit_supervisor(folder: Path, ports: Ports) -> Path:
    """supervisord.conf, with the programs in `folder`/conf.d."""
    for name in ("conf.d", "log"):
        (folder / name).mkdir(exist_ok=True)
    programs = {
        f"command={SHIPPED}/": f"command={ROOT}/",
        f"directory={SHIPPED}": f"directory={ROOT}",
        "/etc/privatemessages/environment": folder / "environment",
        "deploy/gunicorn.conf.py": fit_gunicorn(folder, ports),
        "888%(process_num)d": f"{ports.workers[0] // 10}%(process_num)d",
        "user=privatemessages": f"user={account()}",
        "/var/log/privatemessages/": f"{folder}/log/",
    }
    fit_file("supervisor/privatemessages.conf", folder / "conf.d/privatemessages.conf", programs)
    itself = {
        "/var/log/supervisor": f"{folder}/log",
        "/run/supervisord.pid": folder / "supervisord.pid",
        "/run/supervisor.sock": folder / "supervisor.sock",
        "/etc/supervisor/conf.d/": f"{folder}/conf.d/",
        "minfds=65536": "minfds=4096",
    }
    return fit_file("supervisor/supervisord.conf", folder / "supervisord.conf", itself)


def make_certificate(folder: Path) -> Path:
    """Self-made, as haproxy wants it: certificate and key in one file; the certificate alone."""
    folder.mkdir()
    certificate, key = folder.parent / "certificate.pem", folder.parent / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-out", certificate]
    command += ["-keyout", key, "-addext", f"subjectAltName={','.join(NAMES)}"]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "site.pem").write_text(certificate.read_text() + key.read_text())
    return certificate


def account() -> str:
    return getpass.getuser() if os.geteuid() else "root"


def group() -> str:
    return grp.getgrgid(os.getegid()).gr_name
