"""A Redis of one's own, which appends what it holds to a file as a production server does."""

import shutil
import tempfile

import redis

from tests.services.process import Process, free_port

# A replica begins to follow at once, where Redis waits for others that might come at the same time.
REPLICATES_AT_ONCE = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")


class RedisServer(Process):
    def __init__(self, *options: str, port: int | None = None) -> None:
        self.folder = tempfile.mkdtemp(prefix="redis-")
        self.address = port or free_port()
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.address)]
        command += ["--dir", self.folder, "--save", "", "--appendonly", "yes"]
        command += ["--maxmemory-policy", "noeviction", *options]
        super().__init__(command, port=self.address)

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ready(self) -> bool:
        """Whether it answers commands: while it reads its file it listens, but refuses them."""
        if not super().ready():
            return False
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
