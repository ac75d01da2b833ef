"""Connections of Django's processes, to one server each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
from .failures import CONNECTION_TROUBLE, Unsent
from .rests import Rest


class Pools:
    """To each server its own. Thread-safe; `timeout` in seconds, `more` as redis-py takes it."""

    def __init__(self, access: Access, timeout: float, **more: Any) -> None:
        self._access = access
        self._timeout = timeout
        self._more = more
        self._pools: dict[Server, tuple[ConnectionPool, Rest]] = {}
        self._adding = threading.Lock()

    @contextmanager
    def link(self, server: Server) -> Iterator[ConnectionInterface]:
        """Ended by whatever is raised where it is used. Raises Unsent where there is none."""
        pool, rest = self._to(server)
        try:
            with rest.attempt(), _link_of(pool) as link:
                yield link
        except CONNECTION_TROUBLE:
            pool.disconnect(inuse_connections=False)  # the others lead where this one led
            raise

    def close(self) -> None:
        for pool, _ in self._pools.values():
            pool.disconnect()

    def _to(self, server: Server) -> tuple[ConnectionPool, Rest]:
        with self._adding:
            if server not in self._pools:
                pool = pool_to(server, self._access, self._timeout, **self._more)
                self._pools[server] = pool, Rest()
            return self._pools[server]


@contextmanager
def _link_of(pool: ConnectionPool) -> Iterator[ConnectionInterface]:
    try:
        link = pool.get_connection()
    except CONNECTION_TROUBLE as error:
        raise Unsent(str(error), cause=error) from error
    try:
        yield link
    except BaseException:
        link.disconnect()  # replies may be on their way still
        raise
    finally:
        pool.release(link)


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
    """Replies, and refusals in place of them; raises the trouble that a connection has."""
    link.send_packed_command(link.pack_commands(wanted), check_health=False)
    return [_reply(link) for _ in wanted]


def _reply(link: ConnectionInterface) -> Any:
    try:
        return link.read_response()
    except ResponseError as error:
        return error
