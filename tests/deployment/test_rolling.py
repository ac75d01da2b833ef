"""New code comes in by deploy/rolling-restart while two hundred people go on talking."""

import asyncio
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from tests.deployment.crowd import Crowd, Stage
from tests.deployment.stack import PRODUCTION, Deployment
from tests.faults.waiting import apart, until
from tests.services import PYTHON, ROOT, finished

SCRIPT = ROOT / "deploy" / "rolling-restart"
SETTLE = 2  # s; haproxy looks once in a second, and one good answer is enough
TIMEOUT = 180  # s, for all of it
BACK_WAIT = 60.0  # s
LOOK_PAUSE = 0.1  # s
PAGES = ["/", "/accounts/login/", "/messages/", "/messages/api/heads"]


def roll(deployment: Deployment, *words: str) -> subprocess.CompletedProcess[str]:
    options = {
        "--supervisorctl": Path(PYTHON).with_name("supervisorctl"),
        "--configuration": deployment.folder / "supervisord.conf",
        "--site": f"127.0.0.1:{deployment.ports.gunicorn}",
        "--settle": SETTLE,
    }
    given = [str(word) for option in options.items() for word in option]
    return finished(SCRIPT, *given, *words, timeout=TIMEOUT)


def pids(deployment: Deployment) -> dict[str, str]:
    """Of gunicorn's own workers too, by name."""
    lines = deployment.supervisorctl("status").splitlines()
    found = {line.split()[0]: line.split()[3].rstrip(",") for line in lines if "RUNNING" in line}
    listing = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True).split("\n")
    pairs = [line.split() for line in listing if line]
    children = [pid for pid, parent in pairs if parent == found.get("gunicorn")]
    return found | {f"gunicorn's {number}": pid for number, pid in enumerate(sorted(children))}


class Onlooker:
    """Opens pages all the time, and looks how many workers haproxy has left."""

    def __init__(self, deployment: Deployment, session: str) -> None:
        self.statuses: Counter[int] = Counter()
        self.fewest = 4
        self._deployment = deployment
        self._session = session
        self._http = AsyncHTTPClient(force_instance=True)

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        parts = [self._open_pages(), self._count_workers()]
        tasks = [asyncio.create_task(part) for part in parts]
        yield
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results

    async def _open_pages(self) -> None:
        while True:
            for page in PAGES:
                await asyncio.sleep(LOOK_PAUSE)
                answer = await self._http.fetch(self._request(page), raise_error=False)
                self.statuses[answer.code] += 1

    def _request(self, page: str) -> HTTPRequest:
        return HTTPRequest(
            self._deployment.url + page,
            headers={"Cookie": f"sessionid={self._session}"},
            ca_certs=str(self._deployment.edge.certificate),
            connect_timeout=BACK_WAIT,
            request_timeout=BACK_WAIT,
        )

    async def _count_workers(self) -> None:
        while True:
            states = await apart(self._deployment.edge.workers)
            self.fewest = min(self.fewest, list(states.values()).count("UP"))
            await asyncio.sleep(LOOK_PAUSE)


def test_all_is_new_and_nobody_noticed(deployment: Deployment, stage: Stage):
    async def scene() -> None:
        before = pids(deployment)
        async with Crowd(stage) as crowd:
            await crowd.flow(100)
            onlooker = Onlooker(deployment, next(iter(crowd.company.sessions.values())))
            with crowd.during():
                async with onlooker.looking():
                    rolled = await apart(roll, deployment)
            assert rolled.returncode == 0, rolled.stdout + rolled.stderr + stage.output()
            await crowd.flow(100)
            await until(lambda: all(client.greeted for client in crowd.clients), BACK_WAIT)
            found = await crowd.settle()
            assert not found, "\n".join([*found[:20], stage.output()])
            assert await apart(stage.set_aside) == 0
            assert_all_were_sent_on(crowd)
        print(f"pages {dict(onlooker.statuses)}, {onlooker.fewest} workers at least")
        assert onlooker.statuses.keys() == {200}
        assert onlooker.statuses.total() >= 50
        assert 2 <= onlooker.fewest <= 3, "one after the other"
        assert_all_is_new(before, pids(deployment))

    asyncio.run(scene())


def assert_all_were_sent_on(crowd: Crowd) -> None:
    counts = crowd.counts()
    assert counts["closings"][1012] >= 200, "each worker said good-bye"
    assert counts["closings"].keys() <= {1012, 1006}
    # A handshake that meets a worker that goes is sent on by haproxy, and seldom fails.
    assert counts["closings"][1006] <= 20
    assert crowd.written["during"] >= 100


def assert_all_is_new(before: dict[str, str], after: dict[str, str]) -> None:
    assert before.keys() == after.keys()
    assert len([name for name in after if name.startswith("tornado:")]) == 4
    same = {name for name in after if after[name] == before[name]}
    assert same == {"gunicorn"}, "only the master stays"


@pytest.fixture
def spoilt(deployment: Deployment):
    """Spoils a file until the test ends."""
    kept: dict[Path, str] = {}

    def spoil(name: str, line: str) -> None:
        file = deployment.folder / name
        kept[file] = file.read_text()
        file.write_text(f"{kept[file]}{line}\n")

    yield spoil
    for file, text in kept.items():
        file.write_text(text)
    deployment.heal()


def test_it_stops_at_the_first_worker_that_does_not_come_back(deployment, spoilt):
    before = pids(deployment)
    spoilt("environment", "PARTITIONS=many")
    rolled = roll(deployment, "--timeout", "4", "tornado")
    assert rolled.returncode == 1
    assert "tornado:tornado_0 " in rolled.stderr
    assert "see its log" in rolled.stderr
    others = {name: pid for name, pid in before.items() if name != "tornado:tornado_0"}
    assert others.items() <= pids(deployment).items()


def test_gunicorn_keeps_the_code_that_works(deployment, spoilt):
    before = pids(deployment)
    spoilt("gunicorn.conf.py", "import nothing_of_this_name")
    rolled = roll(deployment)
    assert rolled.returncode == 1
    assert "It runs on as it was." in rolled.stderr
    assert pids(deployment) == before
    assert deployment.edge.ask("/").status == 200


def test_no_secret_stands_in_a_command_that_everybody_may_read(deployment, tmp_path, monkeypatch):
    """The programs that could be handed one note what they are called with, and then run."""
    noted = tmp_path / "commands"
    for name in ("env", "python3", "runuser", "sudo", "xargs"):
        noting = f'printf "%s\\n" "$0 $*" >>{noted}\nexec {shutil.which(name)} "$@"\n'
        (tmp_path / name).write_text(f"#!/bin/sh\n{noting}")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    rolled = roll(deployment, "gunicorn")
    assert rolled.returncode == 0, rolled.stderr
    assert "check-config" in noted.read_text(), "the new code was tried, and that was noted"
    assert not [secret for secret in PRODUCTION.values() if f"={secret}" in noted.read_text()]


def test_it_says_what_it_wants():
    told = finished(SCRIPT, "--help")
    assert (told.returncode, "--settle SECONDS" in told.stdout) == (0, True)
    for wrong in (["--site"], ["everything"], ["--supervisorctl", "/nowhere"]):
        assert finished(SCRIPT, *wrong).returncode != 0
    assert finished("sh", "-n", SCRIPT).returncode == 0
