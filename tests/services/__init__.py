"""Real servers for tests: on free ports, in temporary folders, ended by their process id.

    with PostgresServer() as postgres, RedisServer() as redis:
        env = {"DATABASE_URL": postgres.create_database("chat"), "REDIS_URL": redis.url}
        port = free_port()
        command = [PYTHON, "manage.py", "starttornadoapp", str(port)]
        with Process(command, port=port, env=env) as worker:
            worker.kill()        # SIGKILL, to all that it started too
            worker.start()       # the same command on the same port
            assert "listening" in worker.output()

Each of them has

- `start(timeout=…)`: returns when its port answers; raises `NotStarted`, with what it printed, when
  it ends or is late;
- `stop(timeout=…)`: asks it to end (SIGTERM; PostgreSQL: a fast shutdown) and waits, and in the end
  kills it; the exit status;
- `kill()`: SIGKILL to it and all that it started; `signal(number)`: to it alone;
- `pause()` and `resume()`: SIGSTOP and SIGCONT to it and all that it started; `heal()`: it runs
  again, whether it was ended or paused;
- `wait(timeout=…)`: until it ends by itself; `family()`: the ids of it and all that it started;
- `pid`, `alive`, `returncode`, `port`, `output()`: all that it printed, over every start.

`env` is added to this process's environment. `RedisServer(*options)` has `url`, `client()` and
`wipe()`; it appends to a file, which `kill` and `start` keep. `PostgresServer` has `url` (of the
database `postgres`), `cursor()` and `create_database(name)`, which returns the URL.

`RedisCluster(*options)` is six such Redises, three of them masters, and `RedisSentinel(*options)`
two with three sentinels. Both have `url`, `client()`, `wipe()`, and `heal()`, which brings back
whatever was killed or paused. `fail_over(…)` kills a master, waits until its replica rules in its
place, and returns the killed one. `RedisCluster` has `nodes`, `masters()` in the order of their
slots, `fail_over(number)`, `hand_over(number)`, `master_of(key)` and `replica_of(master)`;
`RedisSentinel` has `servers`, `sentinels`, `master()` and `replica()`.

`Assembly` is what such a thing of several parts begins with.

`run(*arguments, env=…)` is what Python printed with these arguments, which has to succeed;
`finished(*command, env=…)` a program that came to its end, whichever that was.

`eventually(condition, timeout=…)` waits, and tells whether it came to hold; `free_port()`,
`port_answers(port)` and `wait_for_port(port)` are about ports of this machine.

Fixtures (tests/conftest.py): `redis_server` is the Redis of REDIS_URL, emptied before each test
that asks for it; `postgres_server` the PostgreSQL of DATABASE_URL; `chromium_path`.
"""

from tests.services.assembly import Assembly
from tests.services.cluster import RedisCluster
from tests.services.postgres import PostgresServer
from tests.services.process import (
    PYTHON,
    ROOT,
    NotStarted,
    Process,
    eventually,
    free_port,
    port_answers,
    wait_for_port,
)
from tests.services.programs import finished, run
from tests.services.redis import RedisServer
from tests.services.sentinel import RedisSentinel

__all__ = [
    "PYTHON",
    "ROOT",
    "Assembly",
    "NotStarted",
    "PostgresServer",
    "Process",
    "RedisCluster",
    "RedisSentinel",
    "RedisServer",
    "eventually",
    "finished",
    "free_port",
    "port_answers",
    "run",
    "wait_for_port",
]
