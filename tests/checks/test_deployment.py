"""What `check --deploy` says, of a Redis, a database and a Django that run."""

import inspect
import json
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.core.checks.registry import registry
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from privatemessages import checks, wiring
from privatemessages.checks import clocks, database, durability, files, keys, origins, saving
from privatemessages.checks import sessions as session_checks
from tests.services import free_port

LONG = "l" * 20
SAVE = "/messages/send_message_api/"


def ids(messages):
    return [message.id for message in messages]


def test_each_is_for_deployment_alone(found, settings):
    modules = {name for name in checks.__all__ if name not in {"project", "settings"}}
    registered = {check.__closure__[0].cell_contents for check in _deployment_checks()}
    assert {inspect.getmodule(check).__name__.split(".")[-1] for check in registered} == modules
    settings.API_KEY = "short"
    assert found() == []


@pytest.mark.parametrize("wrong", [{"HARTBEAT": 5}, {"REDIS_URL": "nowhere"}, 5])
def test_they_are_silent_where_the_settings_cannot_be_read(settings, wrong):
    settings.PRIVATEMESSAGES = wrong
    assert [message for check in _deployment_checks() for message in check(app_configs=None)] == []


def _deployment_checks():
    ours = [
        check
        for check in registry.deployment_checks
        if check.__module__ == "privatemessages.checks.deployment"
    ]
    assert len(ours) >= 10
    return ours


class TestKeys:
    @pytest.mark.parametrize("name", ["API_KEY", "API_KEY_FALLBACKS", "PROGRAM_API_KEYS"])
    def test_a_short_one_is_named(self, said, settings, name):
        own = {"API_KEY_FALLBACKS": [LONG], "PROGRAM_API_KEYS": []}
        settings.API_KEY = LONG if name != "API_KEY" else "k" * 19
        if name != "API_KEY":
            own[name] = ["k" * 19]
        (message,) = said(keys.check_lengths, **own)
        assert message.id == "privatemessages.W005"
        assert message.msg.startswith(f"{name} ")

    def test_long_ones_are_well(self, said):
        assert said(keys.check_lengths, API_KEY_FALLBACKS=[LONG], PROGRAM_API_KEYS=[LONG]) == []

    def test_one_for_two_doors_is_told(self, said, settings):
        settings.SECRET_KEY = settings.API_KEY
        own = {"API_KEY_FALLBACKS": ["the former"], "PROGRAM_API_KEYS": ["the former"]}
        first, second = said(keys.check_differences, **own)
        assert ids([first, second]) == ["privatemessages.W007"] * 2
        assert "SECRET_KEY and API_KEY" in first.msg
        assert "API_KEY and PROGRAM_API_KEYS" in second.msg
        assert not any(settings.API_KEY in message.msg for message in (first, second))

    def test_one_for_each_is_well(self, said):
        own = {"API_KEY_FALLBACKS": ["the former"], "PROGRAM_API_KEYS": ["a program's"]}
        assert said(keys.check_differences, **own) == []


class TestRedis:
    @pytest.fixture(autouse=True)
    def fresh_broker(self):
        wiring.broker.cache_clear()
        yield
        wiring.broker.cache_clear()

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [("maxmemory-policy", "allkeys-lru", "allkeys-lru"), ("appendonly", "no", "appendonly")],
    )
    def test_one_that_forgets_is_told(self, said, redis_server, name, value, told):
        assert said(durability.check_redis) == []
        with redis_server.client() as client:
            before = client.config_get(name)[name]
            client.config_set(name, value)
            try:
                (message,) = said(durability.check_redis)
            finally:
                client.config_set(name, before)
        assert message.id == "privatemessages.W002"
        assert told in message.msg

    def test_one_that_is_away_is_told(self, said):
        (message,) = said(durability.check_redis, REDIS_URL="redis://127.0.0.1:1/0")
        assert message.id == "privatemessages.W002"


@pytest.mark.django_db
class TestDatabase:
    def test_this_one_is_well_but_where_it_is_sqlite(self, said):
        expected = [] if connection.vendor == "postgresql" else ["privatemessages.W014"]
        assert ids(said(database.check_database)) == expected

    def test_sqlite_is_told(self, said, monkeypatch):
        monkeypatch.setattr(type(connections["default"]), "vendor", "sqlite")
        assert ids(said(database.check_database)) == ["privatemessages.W014"]

    def test_too_little_room_is_told(self, said):
        (message,) = said(database.check_database, IDENTITY_THREADS=1000)
        assert message.id == "privatemessages.W015"
        assert "1000" in message.msg

    def test_a_migration_that_is_missing_is_told(self, said):
        [(_, last)] = MigrationLoader(connection).graph.leaf_nodes("privatemessages")
        MigrationRecorder(connection).record_unapplied("privatemessages", last)
        (message,) = said(database.check_database)
        assert message.id == "privatemessages.W016"
        assert f"privatemessages.{last}." in message.msg

    @pytest.mark.parametrize("shift", [-8, 8])
    def test_a_clock_that_differs_is_told(self, said, redis_server, monkeypatch, shift):
        assert said(clocks.check_clocks) == []
        now = clocks.time.time
        monkeypatch.setattr(clocks.time, "time", lambda: now() + shift)
        messages = said(clocks.check_clocks)
        assert set(ids(messages)) == {"privatemessages.W013"}
        servers = ["PostgreSQL", "Redis"] if connection.vendor == "postgresql" else ["Redis"]
        assert [message.msg.split()[3] for message in messages] == servers

    def test_a_clock_that_cannot_be_asked_is_no_clock_that_differs(self, said):
        wiring.broker.cache_clear()
        assert said(clocks.check_clocks, REDIS_URL="redis://127.0.0.1:1/0") == []
        wiring.broker.cache_clear()


class TestStaticFiles:
    @pytest.fixture(
        params=[
            "django.contrib.staticfiles.storage.StaticFilesStorage",
            "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
            "myproject.storage.HashedStaticFilesStorage",
        ]
    )
    def storage(self, request, settings, tmp_path):
        settings.DEBUG = False
        settings.STATIC_ROOT = tmp_path
        settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": request.param}}

    def test_they_are_missed_until_they_are_collected(self, storage, said, settings):
        (message,) = said(files.check_static_files)
        assert message.id == "privatemessages.W017"
        if "Manifest" not in settings.STORAGES["staticfiles"]["BACKEND"]:
            call_command("collectstatic", interactive=False, verbosity=0)
            settings.STORAGES = settings.STORAGES | {}
            assert said(files.check_static_files) == []

    def test_one_that_is_new_is_missed(self, storage, said, settings, tmp_path):
        settings.STORAGES = settings.STORAGES | {
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        }
        call_command("collectstatic", interactive=False, verbosity=0)
        (tmp_path / "privatemessages" / "js" / "app.js").unlink()
        (message,) = said(files.check_static_files)
        assert message.msg.startswith("1 ")
        assert "privatemessages/js/app.js" in message.msg

    def test_a_place_for_them_is_missed(self, storage, said, settings):
        settings.STATIC_ROOT = None
        assert ids(said(files.check_static_files)) == ["privatemessages.W017"]

    def test_under_debug_none_are_needed(self, storage, said, settings):
        settings.DEBUG = True
        assert said(files.check_static_files) == []


class TestCatalogues:
    @pytest.fixture
    def source(self, monkeypatch, tmp_path):
        monkeypatch.setattr(files, "HERE", tmp_path)
        monkeypatch.setattr(files, "LOCALES", tmp_path / "locale")
        source = tmp_path / "locale" / "ru" / "LC_MESSAGES" / "django.po"
        source.parent.mkdir(parents=True)
        source.touch()
        return source

    def test_one_that_is_not_compiled_is_named(self, said, source):
        (message,) = said(files.check_catalogues)
        assert message.id == "privatemessages.W018"
        assert "locale/ru/LC_MESSAGES/django.po" in message.msg
        source.with_suffix(".mo").touch()
        assert said(files.check_catalogues) == []

    def test_a_language_that_nobody_speaks_needs_none(self, said, source, settings):
        settings.LANGUAGES = [("en", "English")]
        assert said(files.check_catalogues) == []

    def test_ours_are_compiled(self, said):
        assert len(list(files._sources())) == 2
        assert said(files.check_catalogues) == []


class TestSessions:
    BACKENDS = "django.contrib.sessions.backends"
    REDIS = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}

    @pytest.mark.parametrize("engine", ["cache", "cached_db"])
    def test_a_cache_of_each_process_is_told(self, said, settings, engine):
        settings.SESSION_ENGINE = f"{self.BACKENDS}.{engine}"
        assert ids(said(session_checks.check_sessions)) == ["privatemessages.W010"]
        settings.CACHES = self.REDIS
        assert said(session_checks.check_sessions) == []

    @pytest.mark.parametrize(
        "engine", [f"{BACKENDS}.db", f"{BACKENDS}.signed_cookies", "myproject.sessions"]
    )
    def test_others_need_no_cache(self, said, settings, engine):
        settings.SESSION_ENGINE = engine
        assert said(session_checks.check_sessions) == []


class TestOrigins:
    @pytest.mark.parametrize(
        "origin",
        ["https://localhost", "https://127.0.0.1:8000", "https://[::1]", "http://a.example.com"],
    )
    def test_one_for_development_is_told(self, said, settings, origin):
        settings.SESSION_COOKIE_SECURE = True
        settings.CSRF_TRUSTED_ORIGINS = [origin]
        messages = said(origins.check_origins, ALLOWED_ORIGINS=[origin])
        assert ids(messages) == ["privatemessages.W011"] * 2
        assert all(origin in message.msg for message in messages)

    @pytest.mark.parametrize(
        "origin",
        ["a.example.com", "https://[", "https://a:b", "https://", "wss://a", "https://a/b"],
    )
    def test_one_that_is_none_is_told(self, said, settings, origin):
        settings.CSRF_TRUSTED_ORIGINS = [origin]
        messages = said(origins.check_origins, ALLOWED_ORIGINS=[origin])
        assert ids(messages) == ["privatemessages.W021"] * 2
        assert all(origin in message.msg for message in messages)

    def test_one_with_a_password_is_none_and_not_shown(self, said, settings):
        settings.CSRF_TRUSTED_ORIGINS = ["https://user:open-sesame@a.example.com"]
        (message,) = said(origins.check_origins)
        assert message.id == "privatemessages.W021"
        assert "CSRF_TRUSTED_ORIGINS" in message.msg
        assert "sesame" not in str(message)

    @pytest.mark.parametrize("origin", ["https://a.example.com", "https://*.example.com:8443/"])
    def test_of_others_nothing_is_said(self, said, settings, origin):
        settings.CSRF_TRUSTED_ORIGINS = [origin]
        assert said(origins.check_origins, ALLOWED_ORIGINS=[origin]) == []

    def test_others_are_well(self, said, settings):
        settings.SESSION_COOKIE_SECURE = True
        allowed = ["https://a.example.com", "https://localhost.example.com"]
        assert said(origins.check_origins, ALLOWED_ORIGINS=allowed) == []
        settings.SESSION_COOKIE_SECURE = False
        assert said(origins.check_origins, ALLOWED_ORIGINS=["http://a.example.com"]) == []

    def test_every_host_is_one_too_many(self, said, settings):
        settings.ALLOWED_HOSTS = ["chat.example.com", ".example.com"]
        assert said(origins.check_hosts) == []
        settings.ALLOWED_HOSTS = ["*"]
        assert ids(said(origins.check_hosts)) == ["privatemessages.W012"]

    def test_sockets_have_tls_where_pages_have_it(self, said, settings):
        url = "ws://sockets.example.com/ws/"
        assert said(origins.check_socket_url, SOCKET_URL=url) == []
        settings.SESSION_COOKIE_SECURE = True
        assert ids(said(origins.check_socket_url, SOCKET_URL=url)) == ["privatemessages.W019"]
        assert said(origins.check_socket_url, SOCKET_URL=url.replace("ws:", "wss:")) == []


@contextmanager
def answering(answer):
    """An address where each POST gets what `answer` makes of its path, headers and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = answer(self.path, dict(self.headers), body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class TestSaving:
    def test_a_django_that_saves_is_well(self, said, settings, live_server):
        settings.SEND_MESSAGE_API_URL = live_server.url + SAVE
        assert said(saving.check_saving) == []

    def test_one_with_another_key_is_told(self, said, settings, live_server, monkeypatch):
        settings.SEND_MESSAGE_API_URL = live_server.url + SAVE
        monkeypatch.setattr("privatemessages.guards.worker_keys", lambda: ["another"])
        (message,) = said(saving.check_saving)
        assert message.id == "privatemessages.W009"
        assert "another API_KEY" in message.msg

    def test_one_that_does_not_know_the_host_is_told(self, said, settings, live_server):
        settings.SEND_MESSAGE_API_URL = live_server.url + SAVE
        (message,) = said(saving.check_saving, SAVE_HOST="elsewhere.example.com")
        assert message.id == "privatemessages.W009"
        assert "SAVE_HOST" in message.hint

    def test_a_proxy_before_it_is_told(self, said, settings, live_server):
        def pass_on(path, headers, body):
            told = headers | {"X-Forwarded-For": "192.0.2.1"}
            with closing(HTTPConnection(urlsplit(live_server.url).netloc)) as connection:
                connection.request("POST", path, body, told)
                answer = connection.getresponse()
                return answer.status, answer.read()

        with answering(pass_on) as url:
            settings.SEND_MESSAGE_API_URL = url + SAVE
            (message,) = said(saving.check_saving, SAVE_HOST="testserver")
        assert message.id == "privatemessages.W009"
        assert "proxy" in message.msg

    @pytest.mark.parametrize(
        ("status", "body", "told"),
        [
            (301, b"", "leads elsewhere (301)"),
            (404, b"<h1>Not found</h1>", "something else answers there (404)"),
            (200, b"<h1>Welcome</h1>", "something else answers there (200)"),
            (502, b"<h1>Bad gateway</h1>", "answered with 502"),
            (503, json.dumps({"code": "unavailable"}).encode(), "answered with 503"),
        ],
    )
    def test_another_answer_is_told(self, said, settings, status, body, told):
        with answering(lambda *_: (status, body)) as url:
            settings.SEND_MESSAGE_API_URL = url + SAVE
            (message,) = said(saving.check_saving)
        assert message.id == "privatemessages.W009"
        assert told in message.msg
        assert message.hint

    @pytest.mark.parametrize("scheme", ["http", "https", "ftp"])
    def test_no_answer_is_told(self, said, settings, scheme):
        settings.SEND_MESSAGE_API_URL = f"{scheme}://127.0.0.1:{free_port()}{SAVE}"
        (message,) = said(saving.check_saving)
        assert message.id == "privatemessages.W008"
        assert settings.API_KEY not in message.msg

    @pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "127.0.0.1:port", "[", ""])
    def test_where_a_password_stands_nothing_is_asked_or_shown(self, said, settings, address):
        """privatemessages.E007 says that it does."""
        settings.SEND_MESSAGE_API_URL = f"http://user:open-sesame@{address}{SAVE}"
        settings.SESSION_COOKIE_SECURE = True
        assert said(saving.check_saving) == []
        (message,) = said(origins.check_socket_url, SOCKET_URL=f"ws://u:open-sesame@{address}/")
        assert "sesame" not in str(message)
