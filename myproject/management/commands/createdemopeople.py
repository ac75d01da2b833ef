from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

# Known to everybody, so these people are made where DEBUG is on and nowhere else.
PEOPLE = {"alice": "alice-tries-it", "bob": "bob-tries-it"}


class Command(BaseCommand):
    help = (
        "Makes two people to try the site with, where they are missing, and prints their passwords."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "Demo people have known passwords: they are made only with DEBUG on."
            )
        for name, password in PEOPLE.items():
            self._make(name, password)
            self.stdout.write(f"{name}, password {password}")

    def _make(self, name: str, password: str) -> None:
        people = get_user_model().objects
        if not people.filter(username=name).exists():
            people.create_user(username=name, password=password)
