"""What redis-py is told for a connection, the same in both clients."""

from __future__ import annotations

import re
from typing import Any

from redis.exceptions import ConnectionError as LinkBroken

from .addresses import Access, Server
from .failures import CONNECT_TIMEOUT


def connection_options(server: Server, access: Access) -> dict[str, Any]:
    """Without how long a reply may take, and what is done when there is none: never repeat it."""
    where = {"host": server.host, "port": server.port} if server.port else {"path": server.host}
    # Version 2 of the protocol has one shape for each reply, also while channels are subscribed.
    fixed = {"protocol": 2, "socket_connect_timeout": CONNECT_TIMEOUT}
    return {**where, **access.options, **fixed}


def run_of(info: bytes) -> str:
    """Which run of a server answers, from the reply to INFO server."""
    found = _run.search(info)
    return found[1].decode() if found else ""


_run = re.compile(rb"^run_id:(\w+)", re.MULTILINE)


def check_master(role: list[Any]) -> None:
    """From the reply to ROLE. A replica takes what is published, and tells it to nobody else."""
    if role[0] != b"master":
        raise LinkBroken("the server is no master")
