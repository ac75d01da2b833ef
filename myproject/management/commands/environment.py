"""Prints the table of docs/deploying.md."""

from typing import Any

from django.core.management.base import BaseCommand

from myproject.environment.table import table


class Command(BaseCommand):
    help = "Prints every variable that the site reads, as a table in Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(table())
