"""Each part is killed in turn while two hundred people talk: then all of it is compared."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.deployment.crowd import Crowd, Stage
from tests.deployment.stack import Deployment
from tests.deployment.test_rolling import pids
from tests.faults.check import problems
from tests.faults.waiting import apart, until, until_apart
from tests.services import Process, eventually

MEANWHILE = 50  # messages that are written while a part is away
BACK_WAIT = 90.0  # s
ORPHANS_WAIT = 20.0  # s, less than gunicorn's graceful_timeout


def kill(pid: str) -> None:
    os.kill(int(pid), signal.SIGKILL)


def kill_one(name: str) -> Callable[[Deployment], None]:
    """One that is started again by supervisord, or by gunicorn itself."""
    return lambda deployment: kill(pids(deployment)[name])


def kill_service(find: Callable[[Deployment], Process]) -> Callable[[Deployment], None]:
    """One that `heal` starts again, as systemd would."""
    return lambda deployment: find(deployment).kill()


def kill_gunicorn(deployment: Deployment) -> None:
    """Its processes end with it, long before they would by themselves."""
    found = pids(deployment)
    kill(found["gunicorn"])
    orphans = [pid for name, pid in found.items() if name.startswith("gunicorn's")]
    assert orphans
    assert eventually(lambda: not any(map(runs, orphans)), ORPHANS_WAIT)


def runs(pid: str) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # what has ended has none
    except (FileNotFoundError, ProcessLookupError):
        return False


KILLS = {
    "a worker": kill_one("tornado:tornado_1"),
    "gunicorn": kill_gunicorn,
    "one of gunicorn's": kill_one("gunicorn's 0"),
    "nginx": kill_service(lambda deployment: deployment.edge.nginx),
    "haproxy": kill_service(lambda deployment: deployment.edge.haproxy),
    "Redis": kill_service(lambda deployment: deployment.redis),
    "PostgreSQL": kill_service(lambda deployment: deployment.postgres),
}


def test_whatever_is_killed_nothing_is_lost_or_doubled_and_order_is_kept(
    deployment: Deployment, stage: Stage
):
    async def scene() -> None:
        async with Crowd(stage) as crowd:
            for name, kill_it in KILLS.items():
                await crowd.flow(MEANWHILE)
                print("killed:", name)
                with crowd.during():
                    await apart(kill_it, deployment)
                    await crowd.flow(MEANWHILE)
                    await apart(deployment.heal)
                await until_apart(deployment.ready, BACK_WAIT)
                await until(lambda: all(client.greeted for client in crowd.clients), BACK_WAIT)
                found = await crowd.settle()
                assert not found, "\n".join([name, *found[:20], stage.output()])
            assert await apart(stage.set_aside) == 0
            assert crowd.counts()["closings"][1006] >= 200, "haproxy took all sockets with it"
            assert_a_loss_would_be_seen(crowd)

    asyncio.run(scene())


def assert_a_loss_would_be_seen(crowd: Crowd) -> None:
    """One message less, one twice, two in the other order: the comparison is not blind."""
    books = crowd.books()
    thread = max(books, key=lambda number: len(books[number].rows))
    rows = books[thread].rows
    first, second = replace(rows[-2], seq=rows[-1].seq), replace(rows[-1], seq=rows[-2].seq)
    for spoilt in (rows[:-1], (*rows, rows[-1]), (*rows[:-2], second, first)):
        different = books | {thread: replace(books[thread], rows=spoilt)}
        assert problems(different, crowd.clients, crowd.writers)
