"""Coroutines as tests, and a network between us and Redis that can be spoilt."""

import asyncio
import functools
from contextlib import asynccontextmanager

PATIENCE = 120.0  # seconds that a test may take; longer than whatever it waits for
POLL = 0.005  # seconds
BLOCK = 65_536  # bytes


def asynchronous(test):
    """Runs a test in a loop of its own, and fails it for a task that it left behind."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(_checked(test, *args, **kwargs))

    return run


async def _checked(test, *args, **kwargs):
    async with asyncio.timeout(PATIENCE):
        await test(*args, **kwargs)
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"left running: {left}"


async def soon(condition, seconds=5.0):
    """Waits until it holds; fails where it does not in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it never came to hold"
        await asyncio.sleep(POLL)


class Network:
    """A TCP proxy to one port, whose two directions can be frozen or cut."""

    def __init__(self, target):
        self._target = target
        self._links = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.port = 0
        self.lose_replies = False
        self.opened = 0

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def freeze(self):
        """Nothing arrives any more, and nobody is told: a half-open link."""
        self._flowing.clear()

    def thaw(self):
        self._flowing.set()

    def lead_to(self, target):
        """Who connects from now on comes somewhere else."""
        self._target = target

    def cut(self):
        for writer in self._links:
            writer.transport.abort()

    async def take(self, reader, writer):
        self.opened += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._links |= {writer, back}
        try:
            await asyncio.gather(self._carry(reader, back), self._carry_replies(there, writer))
        finally:
            self._links -= {writer, back}
            writer.transport.abort()
            back.transport.abort()

    async def _carry(self, reader, writer):
        try:
            while block := await reader.read(BLOCK):
                await self._flowing.wait()
                writer.write(block)
                await writer.drain()
        except OSError:
            pass
        writer.transport.abort()

    async def _carry_replies(self, reader, writer):
        try:
            while block := await reader.read(BLOCK):
                await self._flowing.wait()
                if self.lose_replies:
                    break
                writer.write(block)
                await writer.drain()
        except OSError:
            pass
        writer.transport.abort()


@asynccontextmanager
async def network(target):
    between = Network(target)
    server = await asyncio.start_server(between.take, "127.0.0.1", 0)
    between.port = server.sockets[0].getsockname()[1]
    try:
        yield between
    finally:
        between.thaw()
        server.close()
        between.cut()
        await asyncio.sleep(0.02)
