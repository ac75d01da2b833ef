"""The way to the Redis that holds the copies of a session, wherever that is now."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from redis import RedisError

from privatemessages.broker.addresses import parse
from privatemessages.broker.lookout import Lookout
from privatemessages.broker.pools import Pools


class Way:
    """Safe to use from many threads. `timeout` is in seconds.

    `begin` is done with each connection first. Raises ValueError for a URL that says nothing.
    """

    def __init__(self, url: str, begin: Callable[[Any], None], timeout: float) -> None:
        address = parse(url)
        own = {"socket_connect_timeout": timeout, "redis_connect_func": begin}
        self._lookout = Lookout(address, timeout)
        self._pools = Pools(address.access, timeout, **own)

    def link(self, key: str) -> AbstractContextManager[Any]:
        """A connection to who holds this key. Raises RedisError where there is none.

        Who was waited for in vain is left alone for a moment, and then tried by one thread.
        """
        self._lookout.look()
        server = self._lookout.layout.holder(key)
        if server is None:
            raise RedisError("Nobody tells who holds the copies")
        return self._pools.link(server)

    def doubt(self) -> None:
        """Something failed: who holds what has to be found out again."""
        self._lookout.doubt()
