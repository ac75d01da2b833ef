"""How gunicorn serves the pages; its log goes to stderr, which whoever starts it keeps."""

import ctypes
import os
import shutil
import signal
import tempfile
from itertools import count
from logging import LogRecord

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

FIGURES = "PROMETHEUS_MULTIPROC_DIR"
PR_SET_PDEATHSIG = 1  # of Linux: the signal that this process gets when its parent dies

bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "gthread"
threads = 8  # each may hold one database connection

# No `preload_app`: after SIGHUP new workers read the new code while the old ones finish.
timeout = 60  # seconds, in which a worker has to show that it lives
graceful_timeout = 25  # seconds for what is on its way; supervisor and systemd wait longer
keepalive = 75  # seconds; longer than nginx keeps a connection that it does not use
max_requests = 10_000  # and what leaked is given back
max_requests_jitter = 1_000

# Only nginx on this machine says whether a request came by HTTPS, and no header says more.
forwarded_allow_ips = "127.0.0.1"
forwarder_headers = ""
control_socket_disable = True  # signals are enough


class OwnLogger(Logger):
    """In the same form as the pages' own log. There is no access log: haproxy keeps it."""

    def setup(self, cfg: Config) -> None:
        from privatemessages.logs import formatter  # noqa: PLC0415 - found once gunicorn runs

        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(os.environ.get("LOG_FORMAT", "json")))
            handler.addFilter(cut_off_query)


def cut_off_query(record: LogRecord) -> bool:
    """What people look for; nothing that gunicorn says of itself has a question mark."""
    record.msg, record.args = record.getMessage().partition("?")[0], ()
    return True


logger_class = OwnLogger

# All processes count together, so that /metrics tells of all of them: in files of a directory that
# is kept through a reload, and is another one after a restart. Each process takes the lowest place
# that is free and goes on where the last one in it ended: there are never more files than places.


def on_starting(server: Arbiter) -> None:
    os.environ[FIGURES] = tempfile.mkdtemp(prefix="privatemessages-figures-")


def pre_fork(server: Arbiter, worker: Worker) -> None:
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in count() if place not in taken)


def post_fork(server: Arbiter, worker: Worker) -> None:
    from prometheus_client import values  # noqa: PLC0415 - reads the variable that was set above

    values.ValueClass = values.MultiProcessValue(lambda: worker.place)


def post_worker_init(worker: Worker) -> None:
    # Orphans would serve the connections that they have, and let new ones wait, until
    # `graceful_timeout`; and as long, the next gunicorn could not listen.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def on_exit(server: Arbiter) -> None:
    shutil.rmtree(os.environ[FIGURES], ignore_errors=True)
