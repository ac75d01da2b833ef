"""`manage.py doctor`: goes the road of a message once, and says where it breaks."""

from __future__ import annotations

import json
import logging
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from ...doctor import Broken, Report, Step, Wanted, examine
from ...doctor.sockets import Manner

TIMEOUT = 10.0  # s
BROKEN = 1
INTERRUPTED = 130  # as shells have it: 128 and SIGINT
NAME_WIDTH = 12  # characters


class Command(BaseCommand):
    help = (
        "Sends a message the whole way, from a socket through Redis and the database and back, "
        "and says at which step that breaks. It leaves nothing behind."
    )
    requires_system_checks = ()  # they are its first step

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--socket",
            action="append",
            default=[],
            metavar="URL",
            help="wss://… or ws://… or a worker's port here; may be repeated",
        )
        parser.add_argument("--origin", help="the page that asks; '' for a program")
        parser.add_argument("--insecure", action="store_true", help="trust any certificate")
        parser.add_argument("--user", default="", metavar="NAME", help="probe with this person")
        parser.add_argument("--timeout", type=_seconds, default=TIMEOUT, help="of a step, in s")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        # What it means that a handshake failed is said by the step.
        logging.getLogger("tornado.general").setLevel(logging.CRITICAL)
        report = Report(_silent if options["json"] else self._tell)
        status = _examine(_wanted(options), report)
        if options["json"]:
            self.stdout.write(json.dumps(_shape(report), indent=2))
        elif not status:
            self.stdout.write("All is well.")
        if status:
            sys.exit(status)

    def _tell(self, step: Step) -> None:
        outcome = "ok" if step.problem is None else "BROKEN"
        line = f"{outcome:6} {step.milliseconds:8.1f} ms  {step.name:{NAME_WIDTH}} {step.about}"
        self.stdout.write(line.rstrip())
        for warning in step.warnings:
            self.stdout.write(f"  careful: {warning}")
        if step.problem is not None:
            self.stdout.write(f"  {step.problem}")
        self.stdout.flush()


def _wanted(options: dict[str, Any]) -> Wanted:
    return Wanted(
        sockets=options["socket"],
        manner=Manner(origin=options["origin"], verify=not options["insecure"]),
        timeout=options["timeout"],
        user=options["user"],
    )


def _examine(wanted: Wanted, report: Report) -> int:
    """The exit status."""
    try:
        with _ended_like_by_the_keyboard():
            examine(wanted, report)
    except Broken:
        return BROKEN
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


@contextmanager
def _ended_like_by_the_keyboard() -> Iterator[None]:
    """SIGTERM too lets it clean up, and so does SIGINT where a shell has it ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _shape(report: Report) -> dict[str, Any]:
    steps = [asdict(step) for step in report.steps]
    for step in steps:
        del step["took"]
    return {"well": report.is_well, "steps": steps}


def _silent(step: Step) -> None: ...


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 60:  # noqa: PLR2004
        raise ArgumentTypeError("between 0 and 60")
    return seconds
