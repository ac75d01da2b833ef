"""Connections of Django's processes, to one server each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis.backoff import NoBackoff
from redis.connection import (
    AbstractConnection,
    Connection,
    ConnectionInterface,
    ConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.exceptions import ResponseError
from redis.retry import Retry

from .addresses import Access, Server
from .commands import Command
from .connecting import check_master, connection_options
from .discovery import Discovery
from .failures import CONNECTION_TROUBLE


def pool_to(server: Server, access: Access, timeout: float, **more: Any) -> ConnectionPool:
    return ConnectionPool(
        _kind(server, access),
        socket_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        **{**connection_options(server, access), **more},
    )


def _kind(server: Server, access: Access) -> type[AbstractConnection]:
    if not server.port:
        return UnixDomainSocketConnection
    return SSLConnection if access.tls else Connection


def connect_to_master(link: AbstractConnection) -> None:
    link.on_connect()
    link.send_command("ROLE", check_health=False)
    check_master(link.read_response())


def ask(server: Server, discovery: Discovery, timeout: float) -> list[Any]:
    quick = {"socket_connect_timeout": timeout}
    link = pool_to(server, discovery.access, timeout, **quick).make_connection()
    try:
        link.connect()
        return exchange(link, discovery.questions)
    finally:
        link.disconnect()


def exchange(link: ConnectionInterface, wanted: Sequence[Command]) -> list[Any]:
    try:
        link.send_packed_command(link.pack_commands(wanted), check_health=False)
        return [_reply(link) for _ in wanted]
    except CONNECTION_TROUBLE as error:
        return [error] * len(wanted)


def _reply(link: ConnectionInterface) -> Any:
    try:
        return link.read_response()
    except ResponseError as error:
        return error
