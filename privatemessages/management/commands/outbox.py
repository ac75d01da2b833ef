"""What is spoken and not yet stored; what was set aside because it only failed, and its way out.

What was written is private, and is never shown.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...broker.set_aside import Retried, SetAside
from ...errors import Unavailable
from ...wiring import broker
from .. import describing

LISTED = 100  # entries of each partition

OUTCOMES = {
    Retried.BACK: "will be saved again",
    Retried.THERE: "is in the outbox already, sent once more by its sender",
    Retried.GONE: "was gone already",
}


class Command(BaseCommand):
    help = (
        "Shows how many messages wait to be stored, since when, who saves them, and which were set "
        "aside. `outbox retry` has those saved again, `outbox drop` forgets them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--partitions", action="store_true", help="each outbox by itself")
        acts = parser.add_subparsers(dest="act", title="what to do with what was set aside")
        retry = acts.add_parser(
            "retry", help="save it again; it comes behind what was stored since"
        )
        drop = acts.add_parser("drop", help="forget it for good")
        for act in (retry, drop):
            act.add_argument("entries", nargs="*", metavar="ENTRY", help="as `outbox` lists it")
            act.add_argument("--all", action="store_true", help="everything that was set aside")
        drop.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive", help="do not ask"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            match options["act"]:
                case "retry":
                    self._retry(_wanted(options))
                case "drop":
                    self._drop(_wanted(options), asks=options["interactive"])
                case _:
                    self._show(as_json=options["json"], by_partition=options["partitions"])
        except Unavailable as error:
            raise CommandError(f"Redis cannot be reached: {error}") from None

    def _show(self, *, as_json: bool, by_partition: bool) -> None:
        states, found = broker().outboxes.states(), broker().set_asides.first(LISTED)
        if as_json:
            self.stdout.write(json.dumps(describing.report(states, found), indent=2))
            return
        self.stdout.write(describing.waiting(states))
        self.stdout.write(describing.saving(states))
        if by_partition:
            self._write_all(map(describing.outbox_line, states))
        set_aside = sum(state.set_aside for state in states)
        self.stdout.write(f"{set_aside} set aside")
        self._write_all(map(describing.line, found))
        if set_aside > len(found):
            self.stdout.write(f"  and {set_aside - len(found)} more")

    def _retry(self, wanted: Iterable[SetAside]) -> None:
        count = 0
        for found in wanted:
            outcome = broker().set_asides.retry(found)
            count += outcome is Retried.BACK
            self.stdout.write(f"{describing.line(found)}: {OUTCOMES[outcome]}")
        self.stdout.write(f"{count} put back, behind what was written in their threads since")

    def _drop(self, wanted: Sequence[SetAside], *, asks: bool) -> None:
        if wanted and asks:
            self._write_all(map(describing.line, wanted))
            self._confirm(len(wanted))
        count = 0
        for found in wanted:
            if broker().set_asides.drop(found):
                count += 1
                self.stdout.write(f"{describing.line(found)}: dropped")
        self.stdout.write(f"{count} dropped")

    def _confirm(self, count: int) -> None:
        answer = input(f"Drop {count} for good? Nobody can bring them back. Type 'yes' to do it: ")
        if answer.strip().lower() != "yes":
            raise CommandError("Nothing was dropped.")

    def _write_all(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _wanted(options: dict[str, Any]) -> list[SetAside]:
    """Raises CommandError for what was not set aside, before anything is done."""
    names, everything = options["entries"], options["all"]
    if bool(names) == everything:
        raise CommandError("Name the entries, as `manage.py outbox` lists them, or give --all.")
    return list(broker().set_asides.all()) if everything else [_named(name) for name in names]


def _named(name: str) -> SetAside:
    try:
        found = broker().set_asides.named(name)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if found is None:
        raise CommandError(f"{name} is not set aside (any more).")
    return found
