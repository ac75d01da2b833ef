from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from myproject.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compiles the translations (.po) of the site and its apps, where they changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for catalogue in compile_catalogues(settings.BASE_DIR):
            self.stdout.write(f"Compiled {catalogue.relative_to(settings.BASE_DIR)}")
