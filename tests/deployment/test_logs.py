"""One name for a request in all logs."""

from uuid import UUID

from tests.services import eventually


def test_a_request_is_named_by_haproxy_in_its_log_and_for_django(front):
    assert front.ask("/messages/", headers={"X-Request-ID": "forged"}).status == 200
    [request] = front.pages.seen
    [name] = request.all("X-Request-ID")
    assert UUID(name).version == 4
    assert eventually(lambda: f"{{{name}}}" in front.haproxy.output())
    front.ask("/messages/")
    assert front.pages.seen[1].all("X-Request-ID") != [name]
