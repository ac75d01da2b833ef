"""A project that wraps each of its requests in a transaction."""

from django.db import connection, connections

from privatemessages import guards, saving


def wrap_requests(monkeypatch) -> list[bool]:
    """From now on; whether a door is within a transaction, each time that it looks who comes."""
    seen = []
    original = guards.check_direct

    def look(request):
        seen.append(connection.in_atomic_block)
        original(request)

    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    for module in (guards, saving):
        monkeypatch.setattr(module, "check_direct", look)
    return seen
