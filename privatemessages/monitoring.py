"""How this process is, for a load balancer, and what it counts, for Prometheus.

A project includes these at its root: `path("", include("privatemessages.monitoring"))`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from .answers import error_response
from .counters import REGISTRY, build
from .errors import Forbidden, Unavailable
from .guards import check_direct
from .wiring import broker

UNAVAILABLE = Unavailable.status
OK, FAILED = "ok", "failed"
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where several processes count together, if they do


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It says nothing of what stands behind it."""
    return HttpResponse(OK, content_type="text/plain")


@transaction.non_atomic_requests
def readyz(request: HttpRequest) -> JsonResponse:
    """Names what failed, with 503; Redis too, without which nothing is told."""
    states = {"database": _state(_ask_database), "redis": _state(broker().ping)}
    ready = all(state == OK for state in states.values())
    return JsonResponse(states, status=200 if ready else UNAVAILABLE)


def metrics(request: HttpRequest) -> HttpResponse:
    """Not for what came through a proxy: it is nobody's business outside."""
    try:
        check_direct(request)
    except Forbidden as error:
        return error_response(error)
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
]


def _state(ask: Callable[[], None]) -> str:
    try:
        ask()
    except (DatabaseError, Unavailable):
        return FAILED
    return OK


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Surroundings())
    if os.environ.get(SHARED):
        registry.register(AllProcesses())
    else:
        registry.register(REGISTRY)
        ProcessCollector(registry=registry)
    return registry


class AllProcesses(Collector):
    """What all processes of one gunicorn counted, also those that have ended."""

    def collect(self) -> Iterator[Metric]:
        own = {metric.name for metric in REGISTRY.collect()}
        # The project may count there too, and tell of it elsewhere.
        found = MultiProcessCollector(None).collect()
        return (metric for metric in found if metric.name in own)


class Surroundings(Collector):
    """Asked at each scrape. Without Redis there are no figures of the outbox."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("privatemessages_build", "What runs here", value=build())
        database = _state(_ask_database) == OK
        yield _gauge("database_up", "Whether the database answers", database)
        try:
            state = broker().outbox_state()
        except Unavailable:
            yield _gauge("redis_up", "Whether Redis answers", 0)
            return
        yield _gauge("redis_up", "Whether Redis answers", 1)
        yield _gauge("outbox_waiting", "Messages spoken and not stored", state.waiting)
        yield _gauge("outbox_oldest_seconds", "Age of the oldest of them", _age(state.oldest))
        yield _gauge("outbox_set_aside", "Messages that only failed", state.dead)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"privatemessages_{name}", about, value=value)


def _age(accepted_at: int | None) -> float:
    """Seconds since a moment in milliseconds since 1970; 0 where there was none."""
    return 0 if accepted_at is None else max(0, time.time() - accepted_at / 1000)
