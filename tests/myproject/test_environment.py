"""What is made of the variables, and what is said of wrong ones."""

import os
import re
from io import StringIO

import pytest
from django.core.management import call_command

from myproject.environment import VARIABLES, WrongEnvironment, read
from myproject.environment.reading import PLACEHOLDER
from privatemessages.conf import Settings
from tests.myproject.test_settings import run
from tests.services import ROOT

SESAME = "open-sesame"  # of which nothing may be seen
PRODUCTION = {"SECRET_KEY": SESAME, "API_KEY": "k" * 20, "ALLOWED_HOSTS": "chat.example.com"}
SECRETS = [variable for variable in VARIABLES if variable.is_secret]
DOCUMENT = ROOT / "docs" / "deploying.md"
RENEW = (
    "docs/deploying.md tells other variables than the code reads: replace its table under "
    '"Settings" by what `manage.py environment` prints'
)


def complaint(**given: str) -> str:
    with pytest.raises(WrongEnvironment) as caught:
        read(given)
    return str(caught.value)


class TestValues:
    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("PORT", "8123", 8123),
            ("HEARTBEAT", "5", 5),
            ("DRAIN_SECONDS", "2.5", 2.5),
            ("KEEP_CLEARED", "yes", True),
            ("KEEP_CLEARED", "False", False),
            ("SOCKET_PORT", "444", 444),
            (
                "ALLOWED_ORIGINS",
                "https://a.org, https://b.org,",
                ["https://a.org", "https://b.org"],
            ),
            ("PERSON_NAME", "people.names.nickname", "people.names.nickname"),
            ("LOG_LEVEL", "warning", "WARNING"),
            ("REDIS_URL", "rediss://:p@a.org:6380/1", "rediss://:p@a.org:6380/1"),
            ("SOCKET_URL", "wss://chat.example.com/ws/", "wss://chat.example.com/ws/"),
        ],
    )
    def test_each_kind_is_read(self, name, text, value):
        assert read({name: text})[name] == value

    def test_every_setting_of_the_messenger_has_its_variable_and_its_default(self):
        values = read({})
        assert Settings.model_fields.keys() <= values.keys()
        own = {variable.name for variable in VARIABLES if variable.otherwise}
        alike = Settings.model_fields.keys() - own
        assert len(alike) > 15
        assert {name: values[name] for name in alike} == {
            name: getattr(Settings(), name) for name in alike
        }

    def test_every_variable_says_what_it_is(self):
        assert [variable.name for variable in VARIABLES if not variable.about] == []
        names = [variable.name for variable in VARIABLES]
        assert len(names) == len(set(names))

    def test_an_empty_line_is_no_value(self):
        assert read({"PORT": "", "ALLOWED_ORIGINS": "", "DEBUG": "", "SOCKET_URL": ""}) == read({})


class TestWrongValues:
    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("PORT", "abc", "a whole number from 1 to 65535"),
            ("PORT", "0", "a whole number from 1 to 65535"),
            ("HEARTBEAT", "-1", "a whole number from 1"),
            ("PARTITIONS", "257", "a whole number from 1 to 256"),
            ("SEND_RATE", "0", "a number above 0"),
            ("DRAIN_SECONDS", "inf", "a number from 0"),
            ("DEBUG", "perhaps", "True or False"),
            ("LOG_LEVEL", "LOUD", "one of DEBUG"),
            ("SOCKET_URL", "https://chat.example.com", "ws://"),
            ("SEND_MESSAGE_API_URL", "127.0.0.1:8000", "http://"),
            ("SEND_MESSAGE_API_URL", "http://127.0.0.1:port/", "http://"),
            ("SOCKET_URL", "wss://:443/ws/", "wss://"),
        ],
    )
    def test_one_sentence_names_it_and_what_it_has_to_be(self, name, text, words):
        told = complaint(**{name: text})
        assert told.startswith(f"{name} is {text!r}, and has to be ")
        assert words in told
        assert "\n" not in told

    @pytest.mark.parametrize(
        "given",
        [
            {"DATABASE_URL": f"mongodb://u:{SESAME}@db.example.com/chat"},
            {"DATABASE_URL": f"postgres://u:{SESAME}@db.example.com:port/chat"},
            {"API_KEY": f"{SESAME} ключ"},
        ],
    )
    def test_a_secret_is_not_shown(self, given):
        (name,) = given
        told = complaint(**given)
        what = "a text in ASCII." if name == "API_KEY" else "a URL: "
        assert told.startswith(f"{name} has to be {what}")
        assert SESAME not in told

    @pytest.mark.parametrize(
        "url", [f"sqlite://{SESAME}", f"sqlite://u:{SESAME}@/x", f"sqlite://{SESAME}/x"]
    )
    def test_a_mistyped_database_is_not_shown_either(self, url, recwarn):
        told = complaint(DATABASE_URL=url)
        assert told.startswith("DATABASE_URL has to be a URL: ")
        assert SESAME not in told
        assert not recwarn.list

    @pytest.mark.parametrize(
        "url", ["sqlite:///x", "sqlite:////x", "sqlite://", "sqlite://:memory:"]
    )
    def test_a_database_of_this_machine_has_no_host(self, url, recwarn):
        assert read({"DATABASE_URL": url})["DATABASE_URL"]["NAME"] in {"x", "/x", ":memory:"}
        assert not recwarn.list

    @pytest.mark.parametrize("name", ["SEND_MESSAGE_API_URL", "COMMAND_API_URL", "SOCKET_URL"])
    @pytest.mark.parametrize(
        "form",
        ["{}://u:{}@127.0.0.1/x", "{}://u:{}%40127.0.0.1", "{}//u:{}@127.0.0.1", "{}://u:{}@["],
    )
    def test_an_address_with_a_password_is_refused_and_not_shown(self, name, form):
        """Workers show another key, and of a socket everybody would read it."""
        told = complaint(**{name: form.format("ws" if name == "SOCKET_URL" else "http", SESAME)})
        assert told.startswith(f"{name} has to be a URL without a password: ")
        assert SESAME not in told

    @pytest.mark.parametrize("name", ["REDIS_URL", "SESSION_REDIS_URL"])
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            (f"memcached://:{SESAME}@127.0.0.1", " begins with none of redis, rediss, "),
            (f"redis://:{SESAME}@127.0.0.1:port/0", " names a host that is none, or a port "),
            (f"redis://:{SESAME}@127.0.0.1?colour=1", " has an option that is not known: colour"),
            (SESAME, " begins with none of redis, rediss, "),
        ],
    )
    def test_an_address_of_redis_is_explained_and_not_shown(self, name, url, words):
        told = complaint(**{name: url})
        assert told.startswith(name + words)
        assert SESAME not in told

    def test_all_of_them_are_told_at_once(self):
        told = complaint(PORT="abc", HEARTBEAT="-1").splitlines()
        assert [line.split()[0] for line in told] == ["PORT", "HEARTBEAT"]

    @pytest.mark.parametrize("name", ["SECRET_KEY", "API_KEY", "DATABASE_URL", "ALLOWED_HOSTS"])
    def test_what_the_example_leaves_open_is_told(self, name):
        told = complaint(**PRODUCTION | {name: f"x{PLACEHOLDER}x"})
        assert told == f"{name} is still that of the example: replace {PLACEHOLDER}."


class TestProduction:
    @pytest.mark.parametrize("name", PRODUCTION)
    @pytest.mark.parametrize("debug", [{}, {"DEBUG": "False"}])
    def test_what_is_missing_is_told(self, name, debug):
        assert f"Set {name} in the environment" in complaint(**PRODUCTION | {name: ""} | debug)

    @pytest.mark.parametrize("name", [*PRODUCTION, "API_KEY_FILE", "SECRET_KEY_FILE"])
    def test_one_of_them_alone_makes_no_site_for_development(self, name, tmp_path):
        path = tmp_path / "secret"
        path.write_text(SESAME)
        others = PRODUCTION.keys() - {name.removesuffix("_FILE")}
        told = complaint(**{name: str(path) if name.endswith("_FILE") else "x.example.com"})
        assert {line.split()[1] for line in told.splitlines()} == others

    @pytest.mark.parametrize(
        "sign", [{"SUPERVISOR_ENABLED": "1"}, {"SYSTEMD_EXEC_PID": str(os.getpid())}]
    )
    def test_a_service_is_production(self, sign):
        assert len(complaint(**sign).splitlines()) == len(PRODUCTION)
        assert read({**sign, "DEBUG": "True"})["DEBUG"]
        assert not read({**sign, **PRODUCTION})["DEBUG"]

    def test_a_shell_that_systemd_started_something_for_is_none(self):
        assert read({"SYSTEMD_EXEC_PID": str(os.getpid() + 1)})["DEBUG"]

    def test_a_database_and_a_redis_of_ones_own_are_development(self):
        own = {"DATABASE_URL": "postgres:///chat", "REDIS_URL": "redis://127.0.0.1:6379/1"}
        assert read(own)["DEBUG"]


class TestFiles:
    """Each secret may be in one."""

    def test_the_secrets_are_known(self):
        names = {variable.name for variable in SECRETS}
        assert names == {
            *("SECRET_KEY", "SECRET_KEY_FALLBACKS"),
            *("API_KEY", "API_KEY_FALLBACKS", "PROGRAM_API_KEYS"),
            *("DATABASE_URL", "REDIS_URL", "SESSION_REDIS_URL"),
        }

    @pytest.mark.parametrize("variable", SECRETS, ids=lambda variable: variable.name)
    def test_it_is_read_from_there(self, variable, tmp_path):
        path = tmp_path / "secret"
        text = "sqlite:///x" if variable.name == "DATABASE_URL" else "redis://127.0.0.1"
        path.write_text(f"{text}\n")
        given = {variable.file: str(path), "DEBUG": "True"}
        assert read(given)[variable.name] == variable.kind.parse(text)

    def test_only_a_secret_has_one(self, tmp_path):
        (tmp_path / "port").write_text("1")
        assert read({"PORT_FILE": str(tmp_path / "port")})["PORT"] == read({})["PORT"]

    def test_both_are_one_too_many(self, tmp_path):
        told = complaint(API_KEY=SESAME, API_KEY_FILE=str(tmp_path))
        assert told == "API_KEY and API_KEY_FILE are both set: keep one of them."

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (None, "cannot be read: {path} (No such file or directory)"),
            (b"", "is empty: {path}"),
            (b"\n", "is empty: {path}"),
            (b"\xff\xfe" + SESAME.encode(), "is not text in UTF-8: {path}"),
        ],
    )
    def test_one_that_cannot_be_used_is_told_and_not_shown(self, content, words, tmp_path):
        path = tmp_path / "secret"
        if content is not None:
            path.write_bytes(content)
        told = complaint(**PRODUCTION | {"API_KEY": ""}, API_KEY_FILE=str(path))
        assert told == f"API_KEY_FILE names a file that {words.format(path=path)}."

    def test_one_that_may_not_be_read_is_told(self, tmp_path):
        """A folder, which nobody may read as a file, root neither."""
        told = complaint(API_KEY_FILE=str(tmp_path))
        assert (
            told == f"API_KEY_FILE names a file that cannot be read: {tmp_path} (Is a directory)."
        )


class TestPrograms:
    """Each says what is wrong, and nothing else."""

    @pytest.mark.parametrize("command", [["check"], ["starttornadoapp", "1"], ["migrate"]])
    def test_manage_tells_it_without_a_traceback(self, command):
        result = run("manage.py", *command, PORT="abc", REDIS_URL=f"x://{SESAME}")
        assert result.returncode == 1
        assert [line.split()[0] for line in result.stderr.splitlines()] == ["PORT", "REDIS_URL"]
        assert SESAME not in result.stdout + result.stderr

    def test_a_server_of_the_real_kind_is_never_one_for_development(self):
        result = run("-c", "import myproject.wsgi")
        assert result.returncode == 3
        assert [line.split()[1] for line in result.stderr.splitlines()] == [*PRODUCTION]
        assert run("-c", "import myproject.wsgi", DEBUG="True").returncode == 0
        assert run("-c", "import myproject.wsgi", **PRODUCTION).returncode == 0

    def test_a_traceback_shows_no_secret(self):
        result = run("-c", "from myproject import settings", REDIS_URL=f"x://{SESAME}")
        assert "WrongEnvironment: REDIS_URL begins with" in result.stderr
        assert SESAME not in result.stderr


class TestDocuments:
    def test_the_table_tells_every_variable(self):
        printed = StringIO()
        call_command("environment", stdout=printed)
        assert printed.getvalue().strip() in DOCUMENT.read_text(), RENEW
        rows = re.findall(r"^\| `(\w+)`", DOCUMENT.read_text(), re.MULTILINE)
        assert {variable.name for variable in VARIABLES} <= set(rows)
