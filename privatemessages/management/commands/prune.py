"""`manage.py prune`: deletes what is older than an operator wants to keep."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from privatemessages import actions, history

KINDS = ("direct", "group", "room")
LARGEST_PORTION = 10_000  # messages for which a thread is locked at once
LONGEST = 36_500  # days


class Command(BaseCommand):
    help = (
        "Deletes messages that were sent longer ago than this, for each kind of conversation by"
        " itself, with the events among them. Histories that KEEP_CLEARED keeps go by age too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for kind in KINDS:
            about = f"keep messages of {kind} conversations so long; without it, for ever"
            parser.add_argument(f"--{kind}-days", type=_days, metavar="N", help=about)
        about = "keep the record of administration so long; without it, for ever"
        parser.add_argument("--record-days", type=_days, metavar="N", help=about)
        parser.add_argument("--dry-run", action="store_true", help="delete nothing, say how much")
        about = f"messages in one transaction, {actions.PORTION} unless given"
        parser.add_argument(
            "--batch", type=_portion, default=actions.PORTION, metavar="N", help=about
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = {kind: options[f"{kind}_days"] for kind in KINDS if options[f"{kind}_days"]}
        if not chosen and not options["record_days"]:
            self.stdout.write("Nothing was deleted: no number of days was given (see --help).")
        for kind, days in chosen.items():
            self._prune(kind, days, options["batch"], dry_run=options["dry_run"])
        if options["record_days"]:
            self._prune_records(options["record_days"], dry_run=options["dry_run"])

    def _prune(self, kind: str, days: int, portion: int, *, dry_run: bool) -> None:
        before = timezone.now() - timedelta(days=days)
        if dry_run:
            found, did = history.outdated(kind, before), "would be deleted"
        else:
            found, did = actions.prune(kind, before, portion), "deleted"
        self.stdout.write(
            f"{kind}: {found.messages} messages of {found.threads} conversations {did}"
        )

    def _prune_records(self, days: int, *, dry_run: bool) -> None:
        before = timezone.now() - timedelta(days=days)
        if dry_run:
            count, did = history.records_before(before), "would be deleted"
        else:
            count, did = actions.prune_records(before), "deleted"
        self.stdout.write(f"record of administration: {count} entries {did}")


def _days(text: str) -> int:
    return _number(text, LONGEST, "days")


def _portion(text: str) -> int:
    return _number(text, LARGEST_PORTION, "messages")


def _number(text: str, most: int, what: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise ArgumentTypeError(f"{text!r} is not a number of {what} from 1 to {most}")
    return int(text)
