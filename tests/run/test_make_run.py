"""`make run` as a person has it: in a folder of their own, with a space in its name."""

import os
import re
import shutil
import signal
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.services import PYTHON, ROOT, Process, eventually, free_port, port_answers

START = 120.0  # seconds
STOP = 40.0  # seconds
OURS = ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "API_KEY", "PROGRAM_API_KEYS", "DEBUG"]
HOLD_TERMINAL = "import pty, sys; pty.spawn(sys.argv[1:])"
WITHOUT_OURS = ["env", *(f"--unset={name}" for name in OURS)]
NOT_CLONED = [
    ".git",
    ".venv",
    "node_modules",
    "var",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    "*.mo",
]


def copy_project(folder: Path) -> Path:
    """A copy of the project, which borrows this one's virtual environment."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_CLONED))
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.fixture
def project(tmp_path) -> Path:
    return copy_project(tmp_path / "my messenger")


class MakeRun(Process):
    """`make run`, up when it says where to look."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.pages, self.sockets = free_port(), free_port()
        ports = {"PORT": str(self.pages), "TORNADO_PORT": str(self.sockets)}
        # A make that runs these tests tells its children about itself.
        env = {"MAKEFLAGS": "", "MAKELEVEL": "", **ports, **env}
        super().__init__([*WITHOUT_OURS, "make", "run"], cwd=folder, env=env)
        self.site = f"http://127.0.0.1:{self.pages}"

    def ready(self) -> bool:
        return "Ctrl-C stops everything" in self.output()


@pytest.fixture
def start(project):
    """Starts it; whatever becomes of the test, it is ended."""
    runs = []

    def start(**env: str) -> MakeRun:
        runs.append(MakeRun(project, **env))
        return runs[-1].start(timeout=START)

    yield start
    for run in runs:
        run.stop(timeout=STOP)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One that is only looked at."""
    run = MakeRun(copy_project(tmp_path_factory.mktemp("run") / "my messenger"))
    with run.start(timeout=START):
        yield run


class Browser:
    """Fills in forms."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        return self.opener.open(self.site + path, timeout=10).read().decode()

    def post(self, path: str, **fields: str) -> str:
        """Where it led to."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        return self.opener.open(self.site + path, data, timeout=10).url.removeprefix(self.site)


def test_it_serves_pages_and_sockets_and_says_where(running):
    assert f"Open {running.site}/" in running.output()
    password = re.search(r"alice, password (\S+)", running.output())[1]
    browser = Browser(running.site)
    assert browser.post("/accounts/login/", username="alice", password=password) == "/messages/"
    assert port_answers(running.sockets)


def test_only_requests_that_fail_are_logged(running):
    browser = Browser(running.site)
    browser.get("/accounts/signup/")
    with pytest.raises(urllib.error.HTTPError):
        browser.get("/nowhere/")
    assert eventually(lambda: "GET /nowhere/" in running.output())
    assert "GET /accounts/signup/" not in running.output()


def test_the_address_comes_last(running):
    before = running.output().partition("Open http")[0]
    assert "Starting development server" in before
    assert "Listening on" in before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(start, number):
    run = start()
    family = run.family()
    assert len(family) >= 4, "make, supervisor, Django, Tornado, Redis"
    if number == signal.SIGTERM:
        run.signal(number)
    else:
        os.killpg(run.pid, number)  # as a terminal does on Ctrl-C, or when it is closed
    run.wait(STOP)
    assert eventually(lambda: not any(map(is_running, family)))
    assert not (run.cwd / "var" / "redis_url").exists()
    assert not port_answers(run.pages)
    assert not port_answers(run.sockets)


def test_a_terminal_that_is_closed_ends_everything(project):
    run = MakeRun(project)
    run.command = [PYTHON, "-c", HOLD_TERMINAL, *run.command]
    run.start(timeout=START)
    terminal, *family = run.family()
    assert len(family) >= 4, "make, supervisor, Django, Tornado, Redis"
    os.kill(terminal, signal.SIGKILL)
    run.wait(STOP)
    try:
        assert eventually(lambda: not any(map(is_running, family)), STOP)
    finally:
        for pid in filter(is_running, family):
            os.kill(pid, signal.SIGKILL)


def test_what_was_written_is_kept(start, project):
    first = start()
    fields = {"username": "carol", "password1": "a word of hers", "password2": "a word of hers"}
    assert Browser(first.site).post("/accounts/signup/", **fields) == "/messages/"
    first.stop(timeout=STOP)

    second = start()
    path = Browser(second.site).post(
        "/accounts/login/", username="carol", password="a word of hers"
    )
    assert path == "/messages/"
    with closing(sqlite3.connect(project / "var" / "db.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM auth_user").fetchone() == (3,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_it_keeps_is_its_owners_alone(running):
    var = running.cwd / "var"
    assert var.stat().st_mode & 0o077 == 0
    for name in ("secret_key", "api_key", "redis_password", "redis_url", "redis/redis.conf"):
        assert (var / name).stat().st_mode & 0o077 == 0, name


def test_redis_keeps_what_it_is_told_and_evicts_nothing(running):
    configuration = (running.cwd / "var/redis/redis.conf").read_text()
    assert "appendonly yes" in configuration
    assert "maxmemory-policy noeviction" in configuration
    assert list((running.cwd / "var/redis").glob("append*")), "its file is there"


def test_commands_beside_it_use_its_redis(running):
    configuration = (running.cwd / "var/redis/redis.conf").read_text()
    port = re.search(r"^port (\d+)$", configuration, re.MULTILINE)[1]
    show = "from django.conf import settings; print(settings.REDIS_URL)"
    shell = Process([*WITHOUT_OURS, PYTHON, "manage.py", "shell", "-c", show], cwd=running.cwd)
    outbox = Process([*WITHOUT_OURS, PYTHON, "manage.py", "outbox"], cwd=running.cwd)
    assert shell.start().wait() == outbox.start().wait() == 0
    assert f"@127.0.0.1:{port}/0" in shell.output()
    assert "0 waiting" in outbox.output()


def test_without_a_redis_server_it_brings_its_own(start, project, tmp_path):
    """Only where there is a wheel; elsewhere it says what to install."""
    everything_else = tmp_path / "bin"
    everything_else.mkdir()
    for folder in os.environ["PATH"].split(":"):
        for program in Path(folder).glob("*"):
            link = everything_else / program.name
            if not program.name.startswith("redis") and not link.exists():
                link.symlink_to(program)
    run = MakeRun(project, PATH=str(everything_else))
    try:
        run.start(timeout=START)
        assert str(ROOT / ".venv") in program_of(run, "redis-server")
    finally:
        run.stop(timeout=STOP)


@pytest.mark.parametrize("name", ["PORT", "TORNADO_PORT"])
def test_a_taken_port_is_told_before_anything_starts(project, name):
    other = MakeRun(project)
    taken = Process(
        ["python3", "-m", "http.server", "--bind", "127.0.0.1", str(other.pages)], port=other.pages
    )
    with taken:
        run = MakeRun(project, **{name: str(other.pages)})
        assert complaint(run) == (
            f"{name} {other.pages} cannot be used (Address already in use): "
            f"choose another one, as in `make run {name}={other.pages + 10}`"
        )
    assert not (project / "var").exists()


def test_a_second_one_in_the_same_folder_says_where_the_first_one_is(running):
    answer = f"make run is already running here: {running.site}/"
    assert complaint(MakeRun(running.cwd)) == answer
    assert complaint(MakeRun(running.cwd, PORT=str(running.pages))) == answer
    assert port_answers(running.pages)


def test_of_two_that_start_at_once_one_goes_on(project):
    runs = [MakeRun(project), MakeRun(project)]
    ready = MakeRun.ready
    for run in runs:
        run.ready = lambda: True
        run.start()
    try:
        assert eventually(lambda: any(map(ready, runs)), START)
        [loser] = [run for run in runs if not ready(run)]
        assert loser.wait() != 0
        assert "make run is already running here: http" in loser.output()
    finally:
        for run in runs:
            run.stop(timeout=STOP)


@pytest.mark.parametrize(
    ("ports", "answer"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty', and has to be a number from 1 to 65535."),
        (
            {"TORNADO_PORT": "65536"},
            "TORNADO_PORT is '65536', and has to be a number from 1 to 65535.",
        ),
        ({"PORT": ""}, "PORT is '', and has to be a number from 1 to 65535."),
    ],
)
def test_a_port_that_is_none_is_told(project, ports, answer):
    assert complaint(MakeRun(project, **ports)) == answer


def test_one_port_for_both_is_told(project):
    port = str(free_port())
    answer = complaint(MakeRun(project, PORT=port, TORNADO_PORT=port))
    assert answer == f"PORT and TORNADO_PORT are both {port}: they have to differ."


def complaint(run: MakeRun) -> str:
    """What a `make run` that does not start says, beside make's own line."""
    run.ready = lambda: True
    run.start()
    assert run.wait() != 0
    [line] = [line for line in run.output().splitlines() if not line.startswith("make: ***")]
    return line


def is_running(pid: int) -> bool:
    """Not so for one that ended, and waits for somebody to take note of that."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def program_of(run: MakeRun, name: str) -> str:
    paths = [str(Path(f"/proc/{pid}/exe").readlink()) for pid in run.family()]
    return next(path for path in paths if name in path)
