"""Deletes what was cleared, where there was too much of it to be deleted at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from privatemessages import actions


class Command(BaseCommand):
    help = "Deletes what is left of cleared and deleted histories, unless KEEP_CLEARED is set."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.purge()} messages deleted")
