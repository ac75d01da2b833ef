"""A backup is worth something when everything is there again after a loss, and goes on."""

import asyncio
import shutil
import stat
import subprocess
from contextlib import closing

import psycopg2
import pytest

from privatemessages.actions.leaping import LEAP
from tests.faults.waiting import apart, until
from tests.keeping.talk import PATIENCE, talking
from tests.services.postgres import programs


@pytest.fixture
def still_site(running_site):
    """Its database is there, and nobody uses it."""
    running_site.kill()
    return running_site


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
            await until(talk.all_spoken, PATIENCE)
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
    [(name,), *_] = running_site.ask("SELECT username FROM auth_user")
    dump = [programs() / "pg_restore", "--file=-", backup / "database.dump"]  # which is compressed
    held = subprocess.check_output(dump, text=True)
    assert name in held, "it can be read"
    for secret in (key, running_site.env["SECRET_KEY"], running_site.env["API_KEY"]):
        assert secret not in held
        assert secret not in (backup / "about.txt").read_text()


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


def test_what_a_later_version_made_goes_too_and_is_in_nobodys_way(still_site, backup):
    """Otherwise that version's migrations would meet their own tables."""
    site = still_site
    later = "privatemessages_later (message_id bigint REFERENCES privatemessages_message)"
    site.change(f"CREATE TABLE {later}")
    site.restore("--force", backup)

    left = site.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert ("privatemessages_later",) not in left
    assert ("privatemessages_message",) in left


def test_a_backup_that_ends_too_early_changes_nothing(still_site, backup, tmp_path):
    site = still_site
    cut = shutil.copytree(backup, tmp_path / "cut")
    dump = cut / "database.dump"
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size * 9 // 10])
    sums = subprocess.check_output(["sha256sum", "database.dump", "about.txt"], cwd=cut)
    (cut / "sha256sums").write_bytes(sums)
    site.change("CREATE TABLE still_there ()")

    done = site.keep("restore", "--force", cut)
    assert (done.returncode, "nothing was changed" in done.stderr) == (1, True)
    assert site.ask("SELECT to_regclass('still_there') IS NOT NULL") == [(True,)]


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
