"""The files of deploy/ are read by the programs that they are for, without a complaint."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from privatemessages.conf import Settings
from privatemessages.management.commands.starttornadoapp import LAST_THREAD
from privatemessages.tornadoapp import draining, identity
from tests.deployment import fitting
from tests.deployment.edge import nginx_command, own_folder, program
from tests.deployment.fitting import DEPLOY, Ports
from tests.services import PYTHON, ROOT, PostgresServer, RedisServer, free_port

UNITS = DEPLOY / "systemd"
OF_FILE = "configuration file"


@pytest.fixture
def folder():
    folder = own_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def ports():
    return Ports.free()


def run(*command, **options):
    """Its exit status and all that it printed."""
    result = subprocess.run(
        command,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        **options,
    )
    return result.returncode, result.stdout


def parsed(file):
    """As systemd and supervisor write them."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(file.read_text())
    return parser


class TestHaproxy:
    def test_finds_nothing_wrong(self, folder, ports):
        fitting.make_certificate(folder / "certificates")
        status, said = run(program("haproxy"), "-c", "-f", fitting.fit_haproxy(folder, ports))
        assert status == 0, said
        assert "WARNING" not in said

    def test_finds_nothing_wrong_with_a_host_name_for_sockets(self, folder, ports):
        fitting.make_certificate(folder / "certificates")
        configuration = fitting.fit_haproxy(folder, ports, fitting.CHAT)
        status, said = run(program("haproxy"), "-c", "-f", configuration)
        assert status == 0, said
        assert "WARNING" not in said

    def test_takes_what_the_tests_leave_out_too(self, folder):
        """The user, the folder that it shuts itself in, the ports below 1024."""
        certificates = folder / "certificates"
        fitting.make_certificate(certificates)
        text = (DEPLOY / "haproxy.cfg").read_text()
        places = {"/etc/haproxy/certificates": certificates, "/srv/privatemessages": ROOT}
        (folder / "haproxy.cfg").write_text(fitting.fit(text, places))
        status, said = run(program("haproxy"), "-c", "-f", folder / "haproxy.cfg")
        assert status == 0, said

    def test_leads_to_as_many_workers_as_supervisor_starts(self):
        servers = re.findall(r"server tornado_(\d) 127.0.0.1:888(\d)", _text("haproxy.cfg"))
        assert servers == [(str(number), str(number)) for number in range(_numprocs())]


class TestNginx:
    def test_finds_nothing_wrong(self, folder, ports):
        configuration = fitting.fit_nginx(folder, ports, folder / "static")
        status, said = run(*nginx_command(configuration), "-t")
        assert status == 0, said
        assert "warn" not in said


class TestSupervisor:
    def test_reads_its_files(self, folder, ports):
        (folder / "environment").touch()
        options = ServerOptions()
        options.realize(["-c", str(fitting.fit_supervisor(folder, ports))])
        groups = {group.name: group for group in options.process_group_configs}
        assert set(groups) == {"gunicorn", "tornado"}
        names = [process.name for process in groups["tornado"].process_configs]
        assert names == ["tornado_0", "tornado_1", "tornado_2", "tornado_3"]
        for number, process in enumerate(groups["tornado"].process_configs):
            assert process.command.endswith(f" {ports.workers[number]}")

    def test_waits_longer_than_a_worker_drains_and_gunicorn_finishes(self):
        supervisor = parsed(DEPLOY / "supervisor" / "privatemessages.conf")
        last = draining.LAST_SAVE + draining.LAST_WORD + identity.LAST_ANSWER + LAST_THREAD
        drain = Settings.model_fields["DRAIN_SECONDS"].default
        assert supervisor.getint("program:tornado", "stopwaitsecs") > drain + last
        graceful = int(re.search(r"graceful_timeout = (\d+)", _text("gunicorn.conf.py"))[1])
        assert supervisor.getint("program:gunicorn", "stopwaitsecs") > graceful


class TestGunicorn:
    def test_takes_its_configuration(self):
        command = ["--check-config", "--config", DEPLOY / "gunicorn.conf.py", "myproject.wsgi"]
        status, said = run(PYTHON, "-m", "gunicorn", *command, cwd=ROOT)
        assert (status, said) == (0, "")

    def test_keeps_connections_longer_than_nginx(self):
        keeps = int(re.search(r"keepalive = (\d+)", _text("gunicorn.conf.py"))[1])
        nginx = int(re.search(r"keepalive_timeout (\d+)s", _text("nginx.conf"))[1])
        assert keeps > nginx

    def test_listens_where_nginx_and_the_workers_look_for_it(self):
        assert 'bind = "127.0.0.1:8000"' in _text("gunicorn.conf.py")
        assert "server 127.0.0.1:8000" in _text("nginx.conf")
        assert Settings.model_fields["SEND_MESSAGE_API_URL"].default.startswith(
            "http://127.0.0.1:8000/"
        )


class TestRedis:
    def test_takes_its_configuration(self, folder):
        """After the options of the test's own server, as the line `include` stands at the end."""
        with (
            RedisServer("--include", str(DEPLOY / "redis.conf")) as server,
            server.client() as client,
        ):
            has = client.config_get("*")
        assert has["maxmemory-policy"] == "noeviction"
        assert has["appendonly"] == "yes"
        assert int(has["maxmemory"]) > 0
        assert "pubsub 0" not in has["client-output-buffer-limit"]

    def test_would_tell_of_a_mistake(self, folder):
        (folder / "redis.conf").write_text("appendonly perhaps\n")
        status, said = run(
            "redis-server", folder / "redis.conf", "--port", str(free_port()), cwd=folder
        )
        assert status != 0, said


class TestPostgresql:
    def test_takes_its_configuration(self):
        with PostgresServer() as server:
            server.stop()
            with (server.folder / "data" / "postgresql.conf").open("a") as configuration:
                configuration.write(_text("postgresql.conf"))
            server.start()
            with server.cursor() as cursor:
                cursor.execute("SELECT name, setting FROM pg_settings WHERE source = %s", [OF_FILE])
                has = dict(cursor.fetchall())
        assert has["synchronous_commit"] == "on"
        assert has["idle_in_transaction_session_timeout"] == "60000"

    def test_has_a_connection_for_every_thread_that_may_hold_one(self):
        has = int(re.search(r"^max_connections = (\d+)", _text("postgresql.conf"), re.MULTILINE)[1])
        gunicorn = _text("gunicorn.conf.py")
        pages = int(re.search(r'"WEB_CONCURRENCY", "(\d+)"', gunicorn)[1])
        pages *= int(re.search(r"^threads = (\d+)", gunicorn, re.MULTILINE)[1])
        sockets = _numprocs() * Settings.model_fields["IDENTITY_THREADS"].default
        while_gunicorn_is_reloaded = pages
        assert has > pages + while_gunicorn_is_reloaded + sockets


class TestSystemd:
    @pytest.mark.parametrize("name", ["gunicorn", "tornado"])
    def test_units_start_what_supervisor_starts(self, name):
        template = {"gunicorn": "gunicorn.service", "tornado": "tornado@.service"}[name]
        unit = parsed(UNITS / f"privatemessages-{template}")["Service"]
        program = parsed(DEPLOY / "supervisor" / "privatemessages.conf")[f"program:{name}"]
        runner, environment, *command = program["command"].split()
        command[0] = f"{program['directory']}/{command[0]}"
        assert unit["ExecStart"].replace("888%i", "888%(process_num)d").split() == command
        assert unit["EnvironmentFile"] == environment
        assert (unit["User"], unit["WorkingDirectory"]) == (program["user"], program["directory"])
        assert unit["TimeoutStopSec"] == program["stopwaitsecs"]
        assert os.access(ROOT / Path(runner).relative_to(program["directory"]), os.X_OK)

    def test_units_are_part_of_one_target(self):
        target = parsed(UNITS / "privatemessages.target")
        wanted = set(target["Unit"]["Wants"].split())
        workers = {f"privatemessages-tornado@{number}.service" for number in range(_numprocs())}
        assert wanted == {"privatemessages-gunicorn.service", *workers}
        for unit in UNITS.glob("*.service"):
            assert parsed(unit)["Unit"]["PartOf"] == "privatemessages.target"


class TestEnvironment:
    """deploy/with-environment."""

    def run(self, folder, text):
        (folder / "environment").write_text(text, newline="")
        return run(DEPLOY / "with-environment", folder / "environment", "env", "-0")

    def test_takes_values_as_they_are(self, folder):
        values = {
            "DATABASE_URL": "postgres://chat:a$b&c#d@127.0.0.1/chat?sslmode=require&x=1",
            "SECRET_KEY": "with `id` and $(id) and \\n in it",
            "EMPTY": "",
            "WITH_EQUALS": "a=b=c",
        }
        text = "# a comment\n\n" + "".join(f"{name}={value}\n" for name, value in values.items())
        status, said = self.run(folder, text)
        assert status == 0
        assert {f"{name}={value}" for name, value in values.items()} <= set(said.split("\0"))

    @pytest.mark.parametrize("quote", ["'", '"'])
    def test_takes_off_quotes_as_systemd_does(self, folder, quote):
        _, said = self.run(folder, f"QUOTED={quote}two words{quote}")
        assert "QUOTED=two words" in said.split("\0")

    @pytest.mark.parametrize("end", [" ", "\t ", "\r"])
    def test_takes_nothing_that_stands_around_a_value_as_systemd_does_not(self, folder, end):
        """A key that ends in a blank is no longer the one that workers show."""
        _, said = self.run(folder, f"KEY= a key{end}\nQUOTED=' kept '{end}\nNONE={end}\n")
        assert {"KEY=a key", "QUOTED= kept ", "NONE="} <= set(said.split("\0"))

    @pytest.mark.parametrize("line", ["hunter2", "=hunter2", "MY KEY=hunter2", "1A=hunter2"])
    def test_tells_the_place_of_a_mistake_and_no_secret(self, folder, line):
        status, said = self.run(folder, f"A=1\n{line}\n")
        assert status == 78
        assert "line 2 is not NAME=value" in said
        assert "hunter2" not in said


def _text(name: str) -> str:
    return (DEPLOY / name).read_text()


def _numprocs() -> int:
    file = Path(DEPLOY / "supervisor" / "privatemessages.conf")
    return int(parsed(file)["program:tornado"]["numprocs"])
