"""What has to be there before anything is said: settings, the database, Redis, the way to save."""

from __future__ import annotations

import asyncio

from django.core.checks import ERROR, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .. import conf
from ..broker.outboxes import Outbox
from ..tornadoapp.endpoints import CallFailed
from ..tornadoapp.probe import save_nothing
from ..wiring import broker
from .report import Broken, Step
from .words import ground as words


def check_settings() -> conf.Settings:
    found = [message for message in run_checks() if message.level >= ERROR]
    if found:
        raise Broken(words.wrong_settings([str(message) for message in found]))
    return conf.load()


def check_database(step: Step) -> None:
    step.about = connection.vendor
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Broken(words.missing_migrations([str(migration) for migration, _ in missing]))


def check_redis(step: Step, settings: conf.Settings) -> None:
    step.warnings += broker().durability().warnings
    broker().outboxes.try_writing()
    noted, states = broker().outboxes.noted_partitions(), broker().outboxes.states()
    if noted is not None and noted != settings.PARTITIONS:
        raise Broken(words.other_partitions(noted, settings.PARTITIONS))
    step.about = f"{_waiting(states)} waiting, {_set_aside(states)} set aside"


def check_saving(runner: asyncio.Runner, settings: conf.Settings, timeout: float) -> None:
    """With the key and the address of these settings; a worker may have others."""
    try:
        runner.run(save_nothing(settings, timeout))
    except CallFailed as failure:
        raise Broken(words.cannot_save(failure, settings)) from failure


def _waiting(states: list[Outbox]) -> int:
    return sum(state.waiting for state in states)


def _set_aside(states: list[Outbox]) -> int:
    return sum(state.set_aside for state in states)
