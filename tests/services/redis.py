"""A Redis of one's own, which appends what it holds to a file as a production server does."""

import tempfile
from pathlib import Path

import redis

from tests.services.process import free_port
from tests.services.server import Server

# A replica begins to follow at once, where Redis waits for others that might come at the same time.
REPLICATES_AT_ONCE = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")


class RedisServer(Server):
    def __init__(self, *options: str, port: int | None = None) -> None:
        port = port or free_port()
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port)]
        command += ["--save", "", "--appendonly", "yes"]
        command += ["--maxmemory-policy", "noeviction", *options]
        super().__init__(command, port=port, folder=Path(tempfile.mkdtemp(prefix="redis-")))

    def answers(self) -> bool:
        """While it reads its file it refuses all commands."""
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.address}/0"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, decode_responses=True)

    def wipe(self) -> None:
        self.client().flushall()
