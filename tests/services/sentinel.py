"""A Redis with a replica, watched over by three sentinels, of one's own."""

import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import redis

from tests.services.assembly import Assembly
from tests.services.process import NotStarted, eventually, free_port
from tests.services.redis import REPLICATES_AT_ONCE, RedisServer
from tests.services.server import Server

SERVICE = "chat"
SENTINELS = 3
QUORUM = 2
DOWN_AFTER = 1_000  # ms without an answer until a sentinel takes a server for fallen
FAILOVER_TIMEOUT = 4_000  # ms until sentinels give an attempt up
SETTLED = 60.0  # seconds; the time in which everybody has to agree


class Sentinel(Server):
    """One of them. It keeps what it learns in its configuration."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="sentinel-"))
        command = ["redis-server", folder / "sentinel.conf", "--sentinel"]
        super().__init__(command, port=free_port(), folder=folder)
        self.name = secrets.token_hex(20)

    def configure(self, *lines: str) -> None:
        own = ["bind 127.0.0.1", f"port {self.address}"]
        text = "\n".join([*own, f"sentinel myid {self.name}", *lines])
        (self.folder / "sentinel.conf").write_text(f"{text}\n")

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.address, decode_responses=True)


class RedisSentinel(Assembly):
    def __init__(self, *options: str) -> None:
        super().__init__()
        first = RedisServer(*REPLICATES_AT_ONCE, *options)
        follow = ("--replicaof", f"127.0.0.1 {first.address}")
        self.servers = [first, RedisServer(*REPLICATES_AT_ONCE, *options, *follow)]
        self.sentinels = [Sentinel() for _ in range(SENTINELS)]

    def _start(self) -> None:
        for server in self.servers:
            self.enter_context(server)
        for sentinel in self.sentinels:
            sentinel.configure(*self._what_sentinels_know(sentinel))
            self.enter_context(sentinel)
        self._agree(self._is_whole, "the sentinels see no replica")

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{sentinel.address}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}/0"

    def client(self) -> redis.Redis:
        """Of the server that is the master now."""
        return self.master().client()

    def master(self) -> RedisServer:
        """Raises `LookupError` while the living sentinels do not agree on one that is a master."""
        named = {_named_by(sentinel) for sentinel in self.sentinels if sentinel.alive}
        for server in self.servers:
            if named == {server.address} and server.alive and _role(server) == "master":
                return server
        raise LookupError(f"the sentinels name the servers on {named}")

    def replica(self) -> RedisServer:
        """The other server. Raises `LookupError` while it does not follow the master."""
        master = self.master()
        other = next(server for server in self.servers if server is not master)
        state = other.client().info("replication") if other.alive else {}
        if state.get("master_link_status") != "up" or state["master_port"] != master.address:
            raise LookupError("nobody follows the master")
        return other

    def fail_over(self) -> RedisServer:
        """Kill the master, and wait until the replica rules; the killed one.

        When it is started again, it takes itself for a master until the sentinels tell it that it
        is none, after eight seconds and more: see `heal`.
        """
        fallen = self.master()
        fallen.kill()
        self._agree(lambda: self.master() is not fallen, "nobody took over")
        return fallen

    def heal(self) -> None:
        """Start what is down, and wait until the master has its replica again."""
        for process in [*self.sentinels, *self.servers]:
            process.heal()
        self._agree(self.master, "there is no master")
        for server in self.servers:
            if server is not self.master():
                server.client().replicaof("127.0.0.1", self.master().address)
        self._agree(self._is_whole, "no replica came back")

    def wipe(self) -> None:
        self.master().wipe()

    def _what_sentinels_know(self, own: Sentinel) -> list[str]:
        """All of it from the beginning, which they would find out within ten seconds."""
        master, replica = self.servers
        others = [sentinel for sentinel in self.sentinels if sentinel is not own]
        return [
            f"sentinel monitor {SERVICE} 127.0.0.1 {master.address} {QUORUM}",
            f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER}",
            f"sentinel failover-timeout {SERVICE} {FAILOVER_TIMEOUT}",
            f"sentinel known-replica {SERVICE} 127.0.0.1 {replica.address}",
            *[
                f"sentinel known-sentinel {SERVICE} 127.0.0.1 {other.address} {other.name}"
                for other in others
            ],
        ]

    def _is_whole(self) -> bool:
        self.replica()
        return all(_sees_the_replica(sentinel) for sentinel in self.sentinels if sentinel.alive)

    def _agree(self, condition: Callable[[], object], otherwise: str) -> None:
        def holds() -> bool:
            with suppress(LookupError, redis.RedisError):
                return bool(condition())
            return False

        if not eventually(holds, SETTLED):
            told = "\n".join(process.output() for process in [*self.servers, *self.sentinels])
            raise NotStarted(f"{otherwise}:\n{told}")


def _named_by(sentinel: Sentinel) -> int:
    found = sentinel.client().execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", SERVICE)
    return int(found[1])


def _role(server: RedisServer) -> str:
    return str(server.client().role()[0])


def _sees_the_replica(sentinel: Sentinel) -> bool:
    """With all that an election asks for: a quorum, and a replica that is fit to be chosen."""
    sentinel.client().execute_command("SENTINEL CKQUORUM", SERVICE)
    replicas = sentinel.client().sentinel_slaves(SERVICE)
    return any(replica["flags"] == "slave" for replica in replicas)
