"""`python -m bench.people PAIRS`: makes them, and prints each one's thread, cookie and id."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - after Django is set up
from django.core.management import call_command  # noqa: E402 - likewise
from django.test import Client  # noqa: E402 - likewise

from privatemessages import actions  # noqa: E402 - likewise

NAMES = ("alice", "bob")


def members(number: int) -> Iterator[tuple[int, str, str]]:
    people = [get_user_model().objects.create(username=f"{name}{number}") for name in NAMES]
    thread, _ = actions.start_direct_thread(*people)
    for person in people:
        yield thread.pk, _cookie(person), str(person.pk)


def _cookie(person: Any) -> str:
    client = Client()
    client.force_login(person)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    print(json.dumps([made for pair in range(int(sys.argv[1])) for made in members(pair)]))
