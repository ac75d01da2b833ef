"""Connections of the workers, to one server each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    ConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from .addresses import Access, Address, Server
from .commands import Command
from .connecting import check_master, connection_options


class Links:
    """Makes pools of connections, which are connected when they are first used."""

    def __init__(self, address: Address) -> None:
        self._access = address.access
        self._watched = address.kind == "sentinel"  # and demoted behind the client's back

    def to(self, server: Server) -> ConnectionPool:
        more = {"redis_connect_func": _connect_to_master} if self._watched else {}
        return pool_to(server, self._access, **more)


def pool_to(server: Server, access: Access, **more: Any) -> ConnectionPool:
    return ConnectionPool(
        _kind(server, access),
        socket_timeout=None,
        retry=Retry(NoBackoff(), 0),
        **connection_options(server, access),
        **more,
    )


async def ask(
    server: Server, access: Access, questions: Sequence[Command], seconds: float
) -> list[Any]:
    """The raw replies, on a connection of its own; raises CONNECTION_TROUBLE or RedisError."""
    link = pool_to(server, access).make_connection()
    try:
        async with asyncio.timeout(seconds):
            await link.connect()
            for question in questions:
                await link.send_command(*question, check_health=False)
            return [await link.read_response() for _ in questions]
    finally:
        await link.disconnect(nowait=True)


def _kind(server: Server, access: Access) -> type[AbstractConnection]:
    if not server.port:
        return UnixDomainSocketConnection
    return SSLConnection if access.tls else Connection


async def _connect_to_master(link: AbstractConnection) -> None:
    await link.on_connect()
    await link.send_command("ROLE", check_health=False)
    check_master(await link.read_response())
