"""The way to the Redis that holds the copies of a session, wherever that is now."""

from collections.abc import Callable
from typing import Any

from redis import ConnectionPool, RedisError

from privatemessages.broker.addresses import Server, parse
from privatemessages.broker.lookout import Lookout
from privatemessages.broker.pools import pool_to


class Way:
    """Safe to use from many threads. `timeout` is in seconds.

    `begin` is done with each connection first. Raises ValueError for a URL that says nothing.
    """

    def __init__(self, url: str, begin: Callable[[Any], None], timeout: float) -> None:
        self._address = parse(url)
        self._begin = begin
        self._timeout = timeout
        self._lookout = Lookout(self._address, timeout)
        self._pools: dict[Server, ConnectionPool] = {}

    def pool(self, key: str) -> ConnectionPool:
        """Of connections to who holds this key. Raises RedisError where nobody does."""
        self._lookout.look()
        server = self._lookout.layout.holder(key)
        if server is None:
            raise RedisError("Nobody tells who holds the copies")
        return self._pools.get(server) or self._pools.setdefault(server, self._pool_to(server))

    def doubt(self) -> None:
        """Something failed: who holds what has to be found out again."""
        self._lookout.doubt()
        for pool in list(self._pools.values()):
            pool.disconnect(inuse_connections=False)

    def _pool_to(self, server: Server) -> ConnectionPool:
        own = {"socket_connect_timeout": self._timeout, "redis_connect_func": self._begin}
        return pool_to(server, self._address.access, self._timeout, **own)
