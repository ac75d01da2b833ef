"""The whole examination: what has to be there, then a probe that talks, then nothing of it left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.auth.models import AbstractBaseUser

from .. import conf, history
from ..actions import probing
from ..actions.probing import Probe
from ..errors import Conflict, NoSuchPerson, Unavailable
from . import ground
from .report import Broken, Report
from .road import Road
from .sockets import Manner, addresses
from .words import ground as words


@dataclass(frozen=True)
class Wanted:
    """What was asked for; `timeout` is in seconds, for each step."""

    sockets: list[str] = field(default_factory=list)  # none: where the settings say
    manner: Manner = field(default_factory=Manner)
    timeout: float = 10.0
    user: str = ""  # none: somebody is made


def examine(wanted: Wanted, report: Report) -> None:
    """Raises Broken at the first step that breaks, after everything was removed again."""
    with asyncio.Runner() as runner:
        settings = _examine_ground(wanted, report, runner)
        with report.step("addresses") as step:
            urls = addresses(wanted.sockets, settings)
            step.about = " ".join(dict.fromkeys(urls))
        with _probe(wanted, report) as probe:
            with report.step("session"):
                cookie = _open_session(probe)
            road = Road(runner, probe, report, wanted.timeout)
            with road.opened(urls, cookie, wanted.manner):
                road.go()


def _examine_ground(wanted: Wanted, report: Report, runner: asyncio.Runner) -> conf.Settings:
    with report.step("settings"):
        settings = ground.check_settings()
    with report.step("database") as step:
        ground.check_database(step)
    with report.step("Redis") as step:
        ground.check_redis(step, settings)
    with report.step("saving", settings.SEND_MESSAGE_API_URL):
        ground.check_saving(runner, settings, wanted.timeout)
    return settings


@contextmanager
def _probe(wanted: Wanted, report: Report) -> Iterator[Probe]:
    """It is gone afterwards, whatever happened meanwhile."""
    with report.step("probe") as step:
        count = probing.end_dead_probes()
        step.about = f"{count} left by killed runs removed" if count else ""
        probe = _begin(wanted.user)
    try:
        yield probe
    finally:
        with report.step("cleaned up") as step:
            try:
                probing.end_probe(probe)
            except Unavailable:
                step.warnings.append(words.LEFT_IN_REDIS)


def _begin(name: str) -> Probe:
    try:
        return probing.begin_probe(_person(name) if name else None)
    except Conflict as error:
        raise Broken(words.no_person(error)) from error


def _person(name: str) -> AbstractBaseUser:
    try:
        return history.person_named(name)
    except NoSuchPerson:
        raise Broken(words.nobody(name)) from None


def _open_session(probe: Probe) -> str:
    try:
        return probing.open_session(probe)
    except Conflict as error:
        raise Broken(words.no_person(error)) from error
