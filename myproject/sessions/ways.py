"""The ways to the Redis that holds the copies of a session: one server, Sentinel's, a cluster's."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from redis import ConnectionPool, Redis, RedisError
from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.crc import key_slot
from redis.sentinel import Sentinel, SentinelConnectionPool

from privatemessages.broker.addresses import Access, Address, Server, parse

Options = Mapping[str, Any]  # of a connection
Masters = list[tuple[range, ConnectionPool]]  # by their slots


class Way(Protocol):
    """Safe to use from many threads."""

    def pool(self, key: str) -> ConnectionPool:
        """Of connections to the master of this key. Raises RedisError where there is none."""

    def forget(self) -> None:
        """Something failed: who the master is has to be found out again."""


def way_to(url: str, begin: Callable[[Any], None], **options: Any) -> Way:
    """`begin` is done with each connection first. Raises ValueError for a URL that says nothing."""
    address = parse(url)
    beginning = {**options, "redis_connect_func": begin}
    if address.kind == "cluster":
        return BySlot(address, beginning, options)
    if address.kind == "sentinel":
        return Straight(_watched(address, beginning, options))
    return Straight(_pool(address.hosts[0], address.access, beginning))


def _pool(server: Server, access: Access, options: Options) -> ConnectionPool:
    every = {**access.options, **options}
    if not server.port:
        return ConnectionPool(UnixDomainSocketConnection, path=server.host, **every)
    kind = SSLConnection if access.tls else Connection
    return ConnectionPool(kind, host=server.host, port=server.port, **every)


def _watched(address: Address, own: Options, theirs: Options) -> ConnectionPool:
    """Whenever it connects, it asks the sentinels where to."""
    access, asking = address.access, address.sentinel_access
    sentinels = Sentinel(
        address.hosts, sentinel_kwargs={**asking.options, **theirs, "ssl": asking.tls}
    )
    return SentinelConnectionPool(
        address.service, sentinels, **{**access.options, **own, "ssl": access.tls}
    )


class Straight:
    """One pool for all keys: of a single server, or of the master that sentinels name."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    def pool(self, key: str) -> ConnectionPool:
        return self._pool

    def forget(self) -> None:
        self._pool.disconnect(inuse_connections=False)


class BySlot:
    """A pool for each master of a cluster. `asking`: options of those that ask for the masters."""

    def __init__(self, address: Address, options: Options, asking: Options) -> None:
        self._nodes = list(address.hosts)  # the one that answered last comes first
        self._access = address.access
        self._options = options
        self._asking = asking
        self._pools: dict[Server, ConnectionPool] = {}
        self._masters: Masters = []

    def pool(self, key: str) -> ConnectionPool:
        slot = key_slot(key.encode())
        for slots, pool in self._masters or self._ask():
            if slot in slots:
                return pool
        raise RedisError(f"Nobody serves slot {slot}")

    def forget(self) -> None:
        self._masters = []
        for pool in list(self._pools.values()):
            pool.disconnect(inuse_connections=False)

    def _ask(self) -> Masters:
        trouble: Exception = RedisError("No node is known")
        for node in self._nodes:
            try:
                masters = self._masters_by(node)
            except (RedisError, OSError) as error:
                trouble = error
            else:
                self._nodes = [node, *(other for other in self._nodes if other != node)]
                self._masters = masters
                return masters
        raise trouble

    def _masters_by(self, node: Server) -> Masters:
        with Redis.from_pool(_pool(node, self._access, self._asking)) as redis:
            slots = redis.execute_command("CLUSTER SLOTS")
        return [
            # A node that does not know its own name says nothing there.
            (range(first, last + 1), self._pool_of(Server(host.decode() or node.host, port)))
            for first, last, (host, port, *_), *_replicas in slots
        ]

    def _pool_of(self, node: Server) -> ConnectionPool:
        return self._pools.setdefault(node, _pool(node, self._access, self._options))
