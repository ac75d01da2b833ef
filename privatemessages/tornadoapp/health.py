"""Whether this worker lives, whether it is ready for more sockets, and what it counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from tornado.web import RequestHandler

if TYPE_CHECKING:
    from .application import Worker

SERVICE_UNAVAILABLE = 503


class WorkerHandler(RequestHandler):
    def initialize(self, worker: Worker) -> None:
        self.worker = worker


class Healthz(WorkerHandler):
    async def get(self) -> None:
        await self.finish("ok\n")


class Readyz(WorkerHandler):
    async def get(self) -> None:
        failing = await self.worker.vitals.failing()
        self.set_status(SERVICE_UNAVAILABLE if failing else 200)
        await self.finish(json.dumps({"ready": not failing, "failing": failing}))


class MetricsPage(WorkerHandler):
    async def get(self) -> None:
        await self.worker.vitals.measure()
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        await self.finish(generate_latest(self.worker.metrics.registry))
