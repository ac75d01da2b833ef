"""Wires a worker: every part is made here, once, and handed what it needs."""

from __future__ import annotations

import asyncio

from django.conf import settings as django_settings
from tornado.httpclient import AsyncHTTPClient
from tornado.web import Application, RequestHandler

from .. import protocol
from ..broker.asynchronous import Broker
from ..conf import Settings
from . import commands
from .commands import Commands
from .connections import Connection, Person
from .control import Control
from .delivery import Delivery
from .endpoints import Caller, Endpoint
from .epochs import Epochs
from .health import Healthz, MetricsPage, Readyz
from .hub import Hub
from .identity import Identity
from .intake import Intake
from .journal import Journal
from .memberships import Memberships
from .monitoring import Metrics
from .opening import Opening
from .origins import Origins
from .outbox import Saver
from .posting import Posting
from .presence import Presence
from .refreshing import Refresher
from .relay import Relay
from .reviewing import Reviewer
from .sockets import MessengerSocket, PlainSocket
from .sweeps import Heartbeats
from .vitals import Vitals


class Worker:
    """One process of the WebSocket server. Made inside a running event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.draining = False
        self.clock = asyncio.get_running_loop().time
        self.metrics = Metrics()
        self.journal = Journal(self.metrics, self.clock)
        self.origins = _origins(settings)
        self.delivery = Delivery(self.metrics.writes.inc)
        self.hub = Hub()
        self.identity = Identity(settings.IDENTITY_THREADS)
        self.broker = Broker(settings, self._on_frame, self._on_loss)
        self.vitals = Vitals(self.broker, self.metrics, lambda: self.draining)
        self.relay = Relay(
            self.hub,
            settings.PARTITIONS,
            self.metrics,
            self._on_control,
            self._on_thread_changed,
            self._on_wake,
            self._on_leases_free,
        )
        self.memberships = Memberships(
            self.hub, self.relay, self.broker.subscriptions, self.identity
        )
        self.refresher = Refresher(self.hub, self.memberships, self.metrics)
        self.reviewer = Reviewer(self.memberships, self.metrics)
        self.control = Control(self.memberships, self.refresher)
        self.saver = Saver(
            self.broker,
            Posting(_save_caller(settings)),
            settings.SAVE_BATCH,
            settings.LEASE_SECONDS,
            self.metrics,
        )
        self.opening = Opening(
            settings,
            self.hub,
            self.relay,
            self.broker,
            self.identity,
            self.memberships,
            self.metrics,
            self.journal,
        )
        self.commands = Commands(_command_caller(settings), self.metrics)
        self.intake = Intake(
            self.broker,
            self.memberships,
            self.commands,
            self.saver.mark_read,
            self._on_forgotten,
            self.metrics,
            self.clock,
        )
        self.epochs = Epochs(self.hub, self.broker, self.metrics)
        self.presence = Presence(self.hub, self.broker, self.metrics, self.clock)
        self.heartbeats = Heartbeats(self.hub, settings.HEARTBEAT, self.metrics)

    def application(self) -> Application:
        wired = {"worker": self}
        return Application(
            [
                (r"/ws/", MessengerSocket, wired),
                (r"/(\d{1,19})/", PlainSocket, wired),
                (r"/healthz", Healthz, wired),
                (r"/readyz", Readyz, wired),
                (r"/metrics", MetricsPage, wired),
            ],
            websocket_max_message_size=protocol.FRAME_LIMIT,
            log_function=_keep_no_access_log,
        )

    def connections(self) -> set[Connection]:
        """All that are open, greeted or not."""
        return {*self.hub.connections(), *self.opening.connections()}

    def _on_frame(self, channel: str, frame: bytes) -> None:
        self.relay.carry(channel, frame)

    def _on_loss(self) -> None:
        self.refresher.request_all()

    def _on_forgotten(self) -> None:
        self.epochs.notice()

    def _on_control(self, person: Person, event: protocol.Control) -> None:
        self.control.carry_out(person, event)

    def _on_thread_changed(self, thread_id: int) -> None:
        self.reviewer.request(thread_id)

    def _on_wake(self, partition: int) -> None:
        self.saver.wake(partition)

    def _on_leases_free(self) -> None:
        self.saver.leases.try_now()


def _keep_no_access_log(handler: RequestHandler) -> None:
    """The journal tells of sockets, and a proxy that asks for readiness does so each second."""


def _save_caller(settings: Settings) -> Caller:
    url, client = settings.SEND_MESSAGE_API_URL, AsyncHTTPClient(force_instance=True)
    return Caller(settings, client, Endpoint(url, "SEND_MESSAGE_API_URL", settings.SAVE_TIMEOUT))


def _command_caller(settings: Settings) -> Caller:
    """With a client of its own, so that slow commands do not hold up saving."""
    client = AsyncHTTPClient(force_instance=True, max_clients=commands.AT_ONCE)
    endpoint = Endpoint(settings.command_api_url, "COMMAND_API_URL", commands.TIMEOUT)
    return Caller(settings, client, endpoint)


def _origins(settings: Settings) -> Origins:
    return Origins.of(
        django_settings.ALLOWED_HOSTS,
        settings.ALLOWED_ORIGINS,
        only_https=django_settings.SESSION_COOKIE_SECURE,
        loopback=django_settings.DEBUG,
    )
