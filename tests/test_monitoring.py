import tomllib
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from privatemessages import __version__, actions, protocol, wiring
from privatemessages.broker import keys
from privatemessages.times import milliseconds
from tests.messenger import PASSWORD, entry
from tests.services import ROOT

PARTITIONS = 16

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_broker(redis_server):
    wiring.broker.cache_clear()
    yield
    wiring.broker.cache_clear()


@pytest.fixture
def redis_away(settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture
def database_away():
    def fail(*args):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(fail):
        yield


def figures(client):
    text = client.get("/metrics").content.decode()
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def lay(redis_server, key, thread, person, text="hello", **fields):
    """An entry of a stream, as a worker lays it there."""
    sender = protocol.Sender(id=str(person.pk), name="somebody")
    now = milliseconds(timezone.now())
    frame = protocol.MessageFrame(
        thread=thread.id, sender=sender, id=str(uuid4()), text=text, sent_at=now
    )
    fields = {"thread": thread.id, "frame": protocol.encode(frame)} | fields
    with redis_server.client() as client:
        client.xadd(key(thread.id % PARTITIONS), fields)


def test_the_process_answers_whatever_is_away(client, redis_away, database_away):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_ready_when_everything_is(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"database": "ok", "redis": "ok"})


def test_what_failed_is_named(client, redis_away):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "ok", "redis": "failed"}


def test_a_database_that_is_away_is_named_too(client, database_away):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "failed", "redis": "ok"}


def test_what_is_saved_is_counted(client, alice, thread):
    name = 'privatemessages_batched_total{status="%s"}'
    before = figures(client)
    spoken = entry(thread, alice)
    actions.save_batch([spoken, spoken, entry(thread, alice, "")])

    after = figures(client)
    for status in ("stored", "duplicate", "refused"):
        assert after[name % status] - before.get(name % status, 0) == 1


def risen(before, after, name):
    return after[name] - before.get(name, 0)


def test_what_the_messenger_is_asked_is_counted_by_door_and_answer(client, alice):
    before = figures(client)
    client.force_login(alice)
    for method, path in [
        ("get", "/messages/"),
        ("get", "/messages/api/threads"),
        ("put", "/messages/api/threads"),
        ("get", "/messages/api/nothing/here"),
        ("get", "/messages/send_message_api/"),
        ("post", "/messages/chat/12345678/"),
    ]:
        getattr(client, method)(path)
    client.generic("BREW", "/messages/")

    after = figures(client)
    for labels in (
        'method="GET",status="200",view="inbox"',
        'method="GET",status="200",view="api:list_threads"',
        'method="PUT",status="405",view="api:list_threads"',
        'method="GET",status="404",view="api:other"',
        'method="GET",status="405",view="save_batch"',
        'method="POST",status="404",view="thread"',
        'method="other",status="405",view="inbox"',
    ):
        assert risen(before, after, f"privatemessages_requests_total{{{labels}}}") == 1, labels
    assert risen(before, after, 'privatemessages_request_seconds_count{view="inbox"}') == 2
    assert after['privatemessages_request_seconds_sum{view="inbox"}'] > 0


def test_what_others_are_asked_is_not(client):
    before = figures(client)
    client.get("/")
    client.get("/no-such-page")
    after = figures(client)
    counted = [name for name in after if name.startswith("privatemessages_requests_total")]
    assert not [name for name in counted if after[name] != before.get(name)]


@pytest.mark.parametrize(("since", "complete"), [(0, "true"), (-1, None)])
def test_catching_up_is_counted(client, alice, thread, since, complete):
    client.force_login(alice)
    before = figures(client)
    client.get(f"/messages/api/threads/{thread.id}/changes", {"since": since})
    after = figures(client)
    for value in ("true", "false"):
        name = f'privatemessages_changes_total{{complete="{value}"}}'
        assert risen(before, after, name) == (value == complete)


def test_who_is_too_far_behind_is_counted_apart(client, alice, thread, monkeypatch):
    monkeypatch.setattr("privatemessages.history.pages.CHANGES_LIMIT", 1)
    for text in ("one", "two"):
        actions.send_message(alice, thread.id, text)
    client.force_login(alice)
    before = figures(client)
    client.get(f"/messages/api/threads/{thread.id}/changes", {"since": 0})
    after = figures(client)
    assert risen(before, after, 'privatemessages_changes_total{complete="false"}') == 1


def test_a_sign_in_that_is_refused_is_counted(client, alice):
    before = figures(client)
    assert not client.login(username="alice", password="not hers")
    assert risen(before, figures(client), "privatemessages_sign_ins_refused_total") == 1
    assert client.login(username="alice", password=PASSWORD)
    assert risen(before, figures(client), "privatemessages_sign_ins_refused_total") == 1


def test_the_database_is_seen(client):
    assert figures(client)["privatemessages_database_up"] == 1


def test_without_the_database_the_rest_is_still_told(client, database_away):
    away = figures(client)
    assert away["privatemessages_database_up"] == 0
    assert away["privatemessages_redis_up"] == 1


def test_the_version_is_told_and_is_the_projects(client):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert __version__ == project["version"]
    [build] = [name for name in figures(client) if name.startswith("privatemessages_build_info")]
    assert f'version="{__version__}"' in build


def test_one_process_tells_of_itself(client):
    assert figures(client)["process_resident_memory_bytes"] > 0


def test_the_outbox_is_measured_at_each_scrape(client, redis_server, alice, thread):
    empty = figures(client)
    assert empty["privatemessages_redis_up"] == 1
    assert empty["privatemessages_outbox_waiting"] == 0
    assert empty["privatemessages_outbox_oldest_seconds"] == 0

    lay(redis_server, keys.outbox, thread, alice)
    filled = figures(client)
    assert filled["privatemessages_outbox_waiting"] == 1
    assert 0 <= filled["privatemessages_outbox_oldest_seconds"] < 60
    assert filled["privatemessages_outbox_set_aside"] == 0


def test_without_redis_there_are_no_figures_of_the_outbox(client, redis_away):
    away = figures(client)

    assert away["privatemessages_redis_up"] == 0
    assert "privatemessages_outbox_waiting" not in away


def test_figures_are_not_for_the_world(client):
    response = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.1"})

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
