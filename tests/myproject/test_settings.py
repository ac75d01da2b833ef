"""What the settings make of the environment. Each case is a process of its own, as a server is."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest

from tests.services import ROOT

INHERITED = {"PATH", "HOME", "LANG"}
PRODUCTION = {"SECRET_KEY": "s" * 50, "API_KEY": "k", "ALLOWED_HOSTS": "chat.example.com"}
SHOW = """
import json
from myproject import settings
from privatemessages import conf
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name in INHERITED}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=bare | env,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_with(**env: str) -> dict:
    result = run("-c", SHOW, **env)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def connections_to(settings: dict) -> list[str]:
    """Where scripts may connect to."""
    return settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["connect-src"]


class TestDevelopment:
    def test_no_environment_is_needed(self):
        settings = settings_with()
        assert settings["DEBUG"]
        assert settings["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
        assert settings["PRIVATEMESSAGES"]["SOCKET_PORT"] == 8888
        assert not settings["SESSION_COOKIE_SECURE"]

    def test_two_terminals_share_their_secrets(self):
        first, second = settings_with(), settings_with()
        for name in ("SECRET_KEY", "API_KEY"):
            assert len(first[name]) > 40
            assert first[name] == second[name]

    def test_sqlite_is_set_up_for_many_writers(self):
        options = settings_with()["DATABASES"]["default"]["OPTIONS"]
        assert options["transaction_mode"] == "IMMEDIATE"
        assert "journal_mode=WAL" in options["init_command"]

    def test_sockets_may_be_on_any_port(self):
        assert connections_to(settings_with()) == ["'self'", "ws:", "wss:"]

    def test_saves_go_to_the_port_of_the_pages(self):
        assert ":8123/" in settings_with(PORT="8123")["SEND_MESSAGE_API_URL"]

    @pytest.mark.parametrize(
        ("level", "line", "is_shown"),
        [
            (logging.INFO, '"GET /messages/ HTTP/1.1" 200', True),
            (logging.INFO, '"GET /static/site.css HTTP/1.1" 200', False),
            (logging.WARNING, '"GET /static/nothing.css HTTP/1.1" 404', True),
        ],
    )
    def test_requests_are_logged_but_not_those_for_static_files(self, level, line, is_shown):
        logger = logging.getLogger("django.server")
        record = logger.makeRecord(logger.name, level, "", 0, line, (), None)
        assert bool(logger.filter(record)) is is_shown


class TestProduction:
    def test_it_is_safe(self):
        settings = settings_with(**PRODUCTION)
        assert not settings["DEBUG"]
        assert settings["SESSION_COOKIE_SECURE"]
        assert settings["CSRF_COOKIE_SECURE"]
        assert settings["PRIVATEMESSAGES"]["SOCKET_PORT"] is None
        assert settings["PRIVATEMESSAGES"]["SAVE_HOST"] == "chat.example.com"

    @pytest.mark.parametrize("name", PRODUCTION)
    def test_what_is_missing_is_told(self, name):
        env = {key: value for key, value in PRODUCTION.items() if key != name}
        result = run("-c", SHOW, DEBUG="False", **env)
        assert result.returncode != 0
        assert f"Set {name} in the environment" in result.stderr.splitlines()[-1]

    def test_settings_of_the_messenger_follow_the_environment(self):
        settings = settings_with(**PRODUCTION, DRAIN_SECONDS="3", PARTITIONS="4", SOCKET_PORT="444")
        own = settings["PRIVATEMESSAGES"]
        assert (own["DRAIN_SECONDS"], own["PARTITIONS"], own["SOCKET_PORT"]) == (3.0, 4, 444)

    def test_pages_connect_to_their_own_host_and_to_the_sockets(self):
        assert connections_to(settings_with(**PRODUCTION)) == ["'self'"]
        elsewhere = settings_with(**PRODUCTION, SOCKET_URL="wss://sockets.example.com:444/ws/")
        assert connections_to(elsewhere) == ["'self'", "wss://sockets.example.com:444"]

    def test_several_keys_may_be_valid_at_once(self):
        settings = settings_with(**PRODUCTION, API_KEY_FALLBACKS="a,b", PROGRAM_API_KEYS="c")
        assert settings["PRIVATEMESSAGES"]["API_KEY_FALLBACKS"] == ["a", "b"]
        assert settings["PRIVATEMESSAGES"]["PROGRAM_API_KEYS"] == ["c"]

    def test_postgresql_is_asked_with_a_limit(self):
        url = "postgresql://u:p@db.example.com/chat"
        database = settings_with(**PRODUCTION, DATABASE_URL=url)["DATABASES"]["default"]
        assert database["OPTIONS"]["connect_timeout"] == 5
        assert database["CONN_HEALTH_CHECKS"]
        assert database["CONN_MAX_AGE"] == 60

    def test_a_pool_before_postgresql_may_ask_for_no_lasting_connections(self):
        url = "postgresql://u:p@pool.example.com/chat?conn_max_age=0&connect_timeout=2"
        database = settings_with(**PRODUCTION, DATABASE_URL=url)["DATABASES"]["default"]
        assert database["CONN_MAX_AGE"] == 0
        assert database["OPTIONS"] == {"connect_timeout": 2}


IMPORTS = re.compile(r'(?:\bfrom|\bimport\(|\bimport)\s*"(\.[^"]+)"')
HASHED = re.compile(r"\.\.?/(?:\w+/)?\w+\.[0-9a-f]{12}\.js")


def test_static_files_get_names_of_their_content_and_modules_name_each_other_so(tmp_path):
    result = run(
        "manage.py", "collectstatic", "--no-input", **PRODUCTION, STATIC_ROOT=str(tmp_path)
    )
    assert result.returncode == 0, result.stderr
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert names["site.css"] != "site.css"
    assert (tmp_path / names["site.css"]).exists()
    texts = [
        (tmp_path / names[name]).read_text()
        for name in names
        if name.startswith("privatemessages/js/")
    ]
    imports = [imported for text in texts for imported in IMPORTS.findall(text)]
    assert len(imports) > 50
    assert [name for name in imports if not HASHED.fullmatch(name)] == []
    assert any(f'import("{name}")' in text for text in texts for name in imports)
    assert not any("@param" in text for text in texts)
