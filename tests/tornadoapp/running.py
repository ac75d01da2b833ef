"""A worker in a thread of this process: its sockets, Redis and database are real."""

import asyncio
import concurrent.futures
import logging
import threading
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from privatemessages.tornadoapp.application import Worker
from privatemessages.tornadoapp.draining import Stop
from privatemessages.tornadoapp.serving import serve
from tests.services import free_port, wait_for_port

PATIENCE = 15.0  # seconds
PREFIX = "privatemessages_"


class Complaints(logging.Handler):
    """Errors that were logged: a worker that only does its work has none."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


class RunningWorker:
    """`worker` is the real one, to be looked at through `call`, in its own loop."""

    def __init__(self, settings, *, leased=True):
        self.settings = settings
        self._leased = leased  # another may hold the lease when it starts
        self._stopped = False
        self.port = free_port()
        self.worker = None
        self.complaints = Complaints()
        self._loop = self._stop = None
        self._ready = threading.Event()
        self._ended = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, name="worker")

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        lived = self.alive
        self.stop()
        if kind is None:
            self.end()
            assert lived or self._stopped, "the worker ended by itself"

    def start(self):
        logging.getLogger().addHandler(self.complaints)
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        wait_for_port(self.port)
        assert self.eventually(lambda worker: worker.broker.subscriptions.connected)
        if self._leased:
            assert self.eventually(lambda worker: worker.saver.leases.held)
        return self

    def end(self):
        """Raises what it ended with; it may have complained of nothing."""
        self._ended.result(0)
        assert self.complaints.lines == []

    def stop(self):
        """Drains, as on SIGTERM, and waits for the end."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.ask)
        self._thread.join(PATIENCE)
        logging.getLogger().removeHandler(self.complaints)
        assert not self._thread.is_alive(), "the worker does not end"

    def stop_well(self):
        """Before the test ends."""
        assert self.alive
        self._stopped = True
        self.stop()

    def forgive(self):
        """Stops it before the test ends; it had reason to complain, and may have until then."""
        self.stop_well()
        self.complaints.lines.clear()

    def begin_to_stop(self):
        self._stopped = True
        self._loop.call_soon_threadsafe(self._stop.ask)

    @property
    def alive(self):
        return self._thread.is_alive()

    def call(self, act):
        """`act(worker)`, in the loop; a coroutine is awaited there."""

        async def run():
            found = act(self.worker)
            return await found if asyncio.iscoroutine(found) else found

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(PATIENCE)

    def eventually(self, condition, seconds=5.0):
        async def wait():
            deadline = self._loop.time() + seconds
            while not condition(self.worker):
                if self._loop.time() > deadline:
                    return False
                await asyncio.sleep(0.01)
            return True

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).result(PATIENCE)

    def metric(self, name, **labels):
        value = self.worker.metrics.registry.get_sample_value(PREFIX + name, labels)
        return value or 0.0

    def get(self, path):
        """Status and text of a page."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE
            ) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def _run(self):
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - told where the test ends
            self._ended.set_exception(error)
        else:
            self._ended.set_result(None)
        finally:
            self._ready.set()

    async def _main(self):
        self._loop, self._stop = asyncio.get_running_loop(), Stop()
        self._loop.set_exception_handler(self._on_complaint)
        self.worker = Worker(self.settings)
        self._ready.set()
        await serve(self.worker, self.port, "127.0.0.1", self._stop)

    def _on_complaint(self, loop, context):
        self.complaints.lines.append(str(context))
        loop.default_exception_handler(context)


def metrics_of(text):
    return {family.name for family in text_string_to_metric_families(text)}
