"""A production site, from deploy/environment.example with its placeholders filled in."""

import os
import re
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from myproject.environment.reading import PLACEHOLDER
from tests.services import PYTHON, ROOT, Process, free_port

EXAMPLE = (ROOT / "deploy" / "environment.example").read_text()
OPEN = re.compile(rf"^(\w+)=.*{PLACEHOLDER}.*$", re.MULTILINE)
BARE = ["env", "-i", f"PATH={os.environ['PATH']}"]


class Site:
    """What an operator does, with the environment in a file."""

    def __init__(self, folder: Path, **filled_in: str) -> None:
        self.environment = folder / "environment"
        self.environment.write_text(fill_in(EXAMPLE, **filled_in))
        self.port = int(filled_in["PORT"])

    def command(self, *words: str) -> list[str]:
        return [*BARE, "deploy/with-environment", str(self.environment), PYTHON, *words]

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = self.command("manage.py", *words)
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )

    def gunicorn(self) -> Process:
        options = ["--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{self.port}"]
        return Process(
            self.command("-m", "gunicorn", *options, "myproject.wsgi"), port=self.port, cwd=ROOT
        )


def fill_in(example: str, **values: str) -> str:
    """What is not in the example is added."""
    for name, value in values.items():
        example, times = re.subn(rf"(?m)^{name}=.*$", f"{name}={value}", example)
        example += "" if times else f"{name}={value}\n"
    return example


@pytest.fixture
def site(postgres_server, redis_server, tmp_path):
    return Site(
        tmp_path,
        SECRET_KEY="a long text of fifty and more characters, none of which matters",
        API_KEY="another text that is long enough",
        ALLOWED_HOSTS="chat.example.com",
        DATABASE_URL=postgres_server.create_database(f"production_{uuid4().hex}"),
        REDIS_URL=redis_server.url,
        WEB_CONCURRENCY="1",
        PORT=str(free_port()),
        STATIC_ROOT=str(tmp_path / "static"),
    )


def test_the_example_leaves_open_what_nobody_else_can_know():
    assert OPEN.findall(EXAMPLE) == ["SECRET_KEY", "API_KEY", "ALLOWED_HOSTS", "DATABASE_URL"]


def test_nothing_starts_while_a_placeholder_is_left(site):
    site.environment.write_text(EXAMPLE)
    result = site.manage("check")
    assert result.returncode == 1
    told = [line.split()[0] for line in result.stderr.splitlines()]
    assert sorted(told) == sorted(OPEN.findall(EXAMPLE))


def test_as_it_is_documented_a_site_has_nothing_to_be_told(site):
    before = site.manage("check", "--deploy")
    ids = set(re.findall(r"\((\w+\.\w+)\)", before.stderr))
    assert ids == {f"privatemessages.{name}" for name in ("W008", "W016", "W017")}
    assert site.manage("migrate").returncode == 0
    assert site.manage("collectstatic", "--no-input").returncode == 0
    with site.gunicorn():
        after = site.manage("check", "--deploy", "--fail-level", "WARNING")
    assert after.returncode == 0, after.stderr
    assert "no issues" in after.stdout


def test_a_site_that_is_not_there_is_told_of_all_that_is_missing(site):
    gone = {"DATABASE_URL": "postgresql://u@127.0.0.1:1/chat", "REDIS_URL": "redis://127.0.0.1:1"}
    site.environment.write_text(fill_in(site.environment.read_text(), **gone))
    result = site.manage("check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 1
    ids = re.findall(r"\((\w+\.\w+)\)", result.stderr)
    names = ("W002", "W008", "W017", "W020")
    assert sorted(ids) == [f"privatemessages.{name}" for name in names]
    assert "Traceback" not in result.stderr
