import json

import pytest

from tests.tornadoapp.running import metrics_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_works_is_alive_and_ready(worker):
    assert worker.get("/healthz") == (200, "ok\n")
    status, text = worker.get("/readyz")
    assert (status, json.loads(text)) == (200, {"ready": True, "failing": []})


def test_without_redis_it_is_alive_and_not_ready_and_says_why(worker, redis_server):
    redis_server.kill()
    try:
        assert worker.eventually(lambda it: not it.broker.subscriptions.connected)
        assert worker.get("/healthz")[0] == 200
        status, text = worker.get("/readyz")
        assert status == 503
        assert json.loads(text) == {"ready": False, "failing": ["subscriptions", "redis"]}
    finally:
        redis_server.start()
    assert worker.eventually(lambda it: it.broker.subscriptions.connected)
    assert worker.get("/readyz")[0] == 200


def test_who_asks_each_second_whether_it_is_ready_fills_no_log(worker, caplog):
    worker.worker.draining = True
    assert worker.get("/readyz")[0] == 503
    assert worker.get("/nothing")[0] == 404
    assert [record for record in caplog.records if record.name.startswith("tornado")] == []


def test_it_counts(worker, enter, alice, thread):
    socket = enter(worker, alice)
    socket.until("accepted", id=socket.say(thread.id))
    socket.send("{")
    socket.until("error")
    socket.until("stored") if not thread.messages.exists() else None
    status, text = worker.get("/metrics")
    assert status == 200
    assert "privatemessages_sockets 1.0" in text
    assert "privatemessages_accepted_total 1.0" in text
    assert 'privatemessages_errors_total{code="malformed"} 1.0' in text
    assert "privatemessages_handshakes_total 1.0" in text
    assert {"privatemessages_leases", "privatemessages_accept_to_store_seconds"} <= metrics_of(text)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_they_say_nothing_of_people(worker, enter, alice, thread, path):
    socket = enter(worker, alice)
    socket.until("accepted", id=socket.say(thread.id, "a secret"))
    text = worker.get(path)[1]
    assert "alice" not in text
    assert "secret" not in text


def test_an_unknown_address_is_not_found(worker):
    assert worker.get("/nothing")[0] == 404
