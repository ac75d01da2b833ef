import shutil
import subprocess

import pytest

from tests.foreign_project.club import Club
from tests.services import PYTHON, ROOT, RedisServer

PYBABEL = [PYTHON, "-m", "babel.messages.frontend", "compile"]


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A folder with the app in it and nothing else of ours, its catalogues compiled."""
    folder = tmp_path_factory.mktemp("installed")
    app = folder / "privatemessages"
    unclean = shutil.ignore_patterns("__pycache__", "*.mo")
    shutil.copytree(ROOT / "privatemessages", app, ignore=unclean)
    for domain in ("django", "djangojs"):
        catalogues = ["-d", app / "locale", "-D", domain]
        subprocess.run([*PYBABEL, *catalogues], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def database(pytestconfig, request, tmp_path_factory):
    """The kind of database that these tests run on."""
    if pytestconfig.option.database == "sqlite":
        folder = tmp_path_factory.mktemp("club")
        return f"sqlite:///{folder}/club.sqlite3?transaction_mode=IMMEDIATE"
    return request.getfixturevalue("postgres_server").create_database("club")


@pytest.fixture(scope="session")
def club(installed, database):
    """The project with its pages, one worker and four people."""
    with RedisServer() as redis:
        club = Club(installed, database, redis.url)
        club.manage("migrate")
        club.people = {
            "ann": club.add("ann", full_name="Ann Archer"),
            "ben": club.add("ben", full_name="Ben Baker"),
            "cleo": club.add("cleo"),
            "dora": club.add("dora", full_name="dora@club.example"),
        }
        with club.pages(), club.worker():
            yield club


@pytest.fixture
def ann(club):
    return club.browser("ann")


@pytest.fixture
def ben(club):
    return club.browser("ben")


@pytest.fixture
def thread(club, ann):
    """The id of Ann and Ben's thread."""
    return ann.call("threads", {"user_id": club.people["ben"]}).json["id"]
