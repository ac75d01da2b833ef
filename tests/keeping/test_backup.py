"""A backup is worth something when everything is there again after a loss, and goes on."""

import asyncio
import shutil
import stat
from contextlib import asynccontextmanager, closing

import psycopg2
import pytest
from tornado.httpclient import AsyncHTTPClient

from privatemessages.actions.leaping import LEAP
from tests.client import Client, Tab
from tests.client.chance import another, chance
from tests.faults.books import read_books
from tests.faults.check import seen_wrongly
from tests.faults.waiting import apart, until
from tests.keeping.site import KeptSite

SEED = 5
PATIENCE = 30.0  # s


@pytest.fixture(scope="module")
def running_site():
    with KeptSite(companies=3, size=4) as site:
        yield site


@pytest.fixture
def site(running_site):
    running_site.heal()
    return running_site


@pytest.fixture
def still_site(running_site):
    """Its database is there, and nobody uses it."""
    running_site.kill()
    return running_site


class Talk:
    """Two people in their thread; each has a tab."""

    def __init__(self, site):
        company = site.company()
        self.site, self.source = site, chance(SEED)
        self.thread, people = next(iter(company.threads.items()))
        self.http = AsyncHTTPClient(force_instance=True)
        self.tabs = [self._tab(user, company.sessions[user]) for user in people]

    def _tab(self, user, session):
        client = Client(user, another(self.source), resend_floor=1.0, resend_ceiling=2.0)
        return Tab(self.site.site, session, client, self.http, another(self.source))

    def write(self, *texts):
        for number, text in enumerate(texts):
            self.tabs[number % 2].write(self.thread, text)

    async def all_stored(self):
        await until(lambda: all(tab.client.at_rest for tab in self.tabs), PATIENCE)

    async def greeted_again(self, times):
        await until(lambda: all(tab.greetings > times for tab in self.tabs), PATIENCE)

    def shown(self):
        """What each of them sees, as they see it."""
        return [[text for _, _, text in self._copy(tab).stored] for tab in self.tabs]

    def numbers(self):
        return [seq for seq, _, _ in self._copy(self.tabs[0]).stored]

    def _copy(self, tab):
        return tab.client.copies[self.thread]

    def wrong(self):
        books = read_books(self.site.database, [self.thread])
        return [wrong for tab in self.tabs for wrong in seen_wrongly(books, tab.client)]


@asynccontextmanager
async def talking(site):
    talk = Talk(site)
    running = [asyncio.create_task(tab.run()) for tab in talk.tabs]
    try:
        await talk.greeted_again(0)
        yield talk
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        talk.http.close()


@pytest.mark.parametrize("redis_too", [False, True], ids=["redis is left", "redis is lost too"])
def test_everything_is_there_again_and_goes_on(site, tmp_path, redis_too):
    async def scene():
        async with talking(site) as talk:
            kept = [f"kept {number}" for number in range(10)]
            talk.write(*kept)
            await talk.all_stored()
            before = talk.numbers()
            await apart(site.backup, tmp_path / "backup")

            talk.write("lost", "lost too", "lost as well")
            await talk.all_stored()
            await apart(site.django.stop)
            talk.write("only spoken")
            await until(lambda: len(talk.shown()[1]) == 13 and talk_is_spoken(talk), PATIENCE)
            sessions = await apart(site.sessions)

            await apart(lose, site, redis_too)
            said = await apart(site.restore, tmp_path / "backup")
            waiting = 0 if redis_too else 1
            assert f"{waiting} messages wait in Redis to be stored" in said
            await apart(site.sign_in_again, sessions)
            greetings = max(tab.greetings for tab in talk.tabs)
            await apart(site.start)

            await talk.greeted_again(greetings)
            await talk.all_stored()
            talk.write("goes on", "and on")
            await talk.all_stored()
            shown, numbers = talk.shown(), talk.numbers()
            assert shown[0] == shown[1]
            assert sorted(shown[0][:10]) == sorted(kept)
            assert shown[0][10] == "only spoken"
            assert sorted(shown[0][11:]) == ["and on", "goes on"]
            assert numbers[:10] == before
            assert min(numbers[10:]) > LEAP  # none that anybody has seen before
            assert not await apart(talk.wrong)

    asyncio.run(scene())


def talk_is_spoken(talk):
    return all(tab.client.copies[talk.thread].spoken for tab in talk.tabs)


def lose(site, redis_too):
    site.kill()
    site.drop_database()
    if redis_too:
        site.redis.wipe()


@pytest.fixture(scope="module")
def backup(running_site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept") / "backup"
    running_site.backup(folder)
    return folder


def test_a_backup_says_what_it_is_and_is_nobody_elses_to_read(running_site, backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in backup.iterdir()} == {0o600}
    about = (backup / "about.txt").read_text()
    assert "0 messages wait in Redis to be stored" in about
    assert "[X] 0001_initial" in about
    assert "sessions" in about


def test_sessions_and_secrets_are_not_in_it(running_site, backup):
    [(key, _, _), *_] = running_site.sessions()
    for path in backup.iterdir():
        for secret in (key, running_site.env["SECRET_KEY"], running_site.env["API_KEY"]):
            assert secret.encode() not in path.read_bytes()


def test_a_folder_that_is_there_is_left_alone(running_site, backup):
    before = {path: path.read_bytes() for path in backup.iterdir()}
    done = running_site.keep("backup", backup)

    assert (done.returncode, "is there already" in done.stderr) == (73, True)
    assert {path: path.read_bytes() for path in backup.iterdir()} == before


def test_what_fails_leaves_nothing_behind(running_site, tmp_path):
    away = running_site.env["DATABASE_URL"].replace("/faults", "/nothing")
    done = running_site.keep("backup", tmp_path / "backup", DATABASE_URL=away)

    assert done.returncode != 0
    assert not list(tmp_path.iterdir())


def test_without_redis_there_is_a_backup_all_the_same(running_site, tmp_path):
    away = {"REDIS_URL": "redis://127.0.0.1:1/0"}
    done = running_site.keep("backup", "--wait", 5, tmp_path / "backup", **away)

    assert (done.returncode, "Redis cannot be reached" in done.stdout) == (0, True)
    assert (tmp_path / "backup" / "database.dump").stat().st_size > 1_000


@pytest.mark.parametrize("words", [[], ["--wait", "x", "new"], ["--help"], ["one", "two"]])
def test_what_it_does_not_understand_it_does_not_begin(running_site, tmp_path, words):
    for script in ("backup", "restore"):
        done = running_site.keep(script, *words)
        assert (done.returncode, "usage" in done.stderr) == (64, True)


@pytest.mark.parametrize("script", ["backup", "restore"])
def test_of_sqlite_it_says_what_to_do(running_site, backup, tmp_path, script):
    folder = tmp_path / "new" if script == "backup" else backup
    done = running_site.keep(script, folder, DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")

    assert (done.returncode, "is not PostgreSQL" in done.stderr) == (1, True)


def test_nothing_is_restored_under_people_who_are_there(running_site, backup):
    with closing(psycopg2.connect(running_site.database)):
        done = running_site.keep("restore", "--force", backup)

    assert (done.returncode, "stop gunicorn and the workers" in done.stderr) == (75, True)


def test_a_database_that_holds_something_is_replaced_only_by_force(still_site, backup):
    site = still_site
    refused = site.keep("restore", backup)
    assert (refused.returncode, "The database is not empty" in refused.stderr) == (73, True)
    [(before,)] = site.ask("SELECT count(*) FROM auth_user")

    site.change("UPDATE auth_user SET email = 'lost'")
    site.restore("--force", backup)
    assert site.ask("SELECT count(*), count(nullif(email, '')) FROM auth_user") == [(before, 0)]
    assert site.ask("SELECT count(*) FROM django_session") == [(0,)]


def test_a_damaged_backup_changes_nothing(still_site, backup, tmp_path):
    site = still_site
    damaged = shutil.copytree(backup, tmp_path / "damaged")
    with (damaged / "database.dump").open("r+b") as file:
        file.seek(2_000)
        file.write(b"damaged")
    versions = "SELECT sum(version) FROM privatemessages_thread"
    before = site.ask(versions)

    assert site.keep("restore", "--force", damaged).returncode != 0
    assert site.ask(versions) == before
    assert site.keep("restore", "--force", tmp_path).returncode == 66
