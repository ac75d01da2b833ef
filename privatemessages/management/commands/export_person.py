"""`manage.py export_person`: everything of one person, for them to have."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privatemessages.errors import Unavailable
from privatemessages.history import belongings

from .. import exporting, people
from ..exporting import Opening

FORMAT = 1  # grows when a file or field changes its meaning or goes; new ones may come

# What each file holds, and whence.
LISTS: dict[str, tuple[str, Callable[[AbstractBaseUser], Iterable[exporting.Values]]]] = {
    "places": (
        "conversations, from when to when, in which role, and read how far",
        belongings.stays,
    ),
    "messages": ("all that they wrote", belongings.written),
    "events": ("what happened in conversations by them or to them", belongings.happenings),
    "administration": ("the record of who administered what, of them", belongings.administration),
    "bans": ("where they are kept out", belongings.bans_of),
    "requests": ("where they asked to be let in", belongings.requests_of),
    "sessions": ("until when they are signed in somewhere", belongings.kept_sessions),
}


class Command(BaseCommand):
    help = (
        "Writes everything of one person as JSON, into a new folder or a zip file that only its"
        " owner may read. Other people are numbers, and what they wrote is not in it, but for"
        " titles and the reasons for what was done to this one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        people.add_arguments(parser)
        about = "where to: a folder that is not there yet, or FILE.zip; person-ID.zip unless given"
        parser.add_argument("--output", metavar="DIR|FILE.zip", type=Path, help=about)

    def handle(self, *args: Any, **options: Any) -> None:
        person = people.meant(options)
        path: Path = options["output"] or Path(f"person-{person.pk}.zip")
        kept = exporting.archive if path.suffix == ".zip" else exporting.folder
        try:
            with kept(path) as opened:
                self._export(person, opened)
        except FileExistsError:
            raise CommandError(f"{path} is there already; nothing was written.") from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error}") from None
        self.stdout.write(str(path))

    def _export(self, person: AbstractBaseUser, opened: Opening) -> None:
        account = {**belongings.account(person), **self._whereabouts(person)}
        exporting.write_one(opened, "account.json", account)
        exporting.write_one(opened, "preferences.json", belongings.chosen(person))
        counts = {name: self._write(person, opened, name) for name in LISTS}
        exporting.write_one(opened, "about.json", _about(person, counts))

    def _whereabouts(self, person: AbstractBaseUser) -> exporting.Values:
        try:
            return belongings.whereabouts(person)
        except Unavailable as error:
            self.stderr.write(f"When they were last seen is missing: {error}")
            return {"is_here": None, "last_seen_at": None}

    def _write(self, person: AbstractBaseUser, opened: Opening, name: str) -> int:
        _, entries = LISTS[name]
        count = exporting.write_all(opened, f"{name}.json", entries(person))
        self.stderr.write(f"{name}: {count}")
        return count


def _about(person: AbstractBaseUser, counts: dict[str, int]) -> exporting.Values:
    files = {"account": "the account", "preferences": "what they show of themselves"}
    files |= {name: what for name, (what, _) in LISTS.items()}
    return {
        "format": FORMAT,
        "person": str(person.pk),
        "made_at": timezone.now(),
        "files": {f"{name}.json": what for name, what in files.items()},
        "counts": counts,
    }
