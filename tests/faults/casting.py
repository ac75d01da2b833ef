"""Makes the people of the tests, their sessions and their threads. A program, because pytest's own
Django has another database.

    python -m tests.faults.casting <companies> <people in each>
"""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
django.setup()  # models can be imported only now

from django.contrib import auth  # noqa: E402

from myproject.sessions import SessionStore  # noqa: E402
from privatemessages import actions  # noqa: E402


def main() -> None:
    companies, size = map(int, sys.argv[1:])
    print(json.dumps([company(f"company{number}", size) for number in range(companies)]))


def company(name: str, size: int) -> dict[str, Any]:
    people = [person(f"{name}_{number}") for number in range(size)]
    neighbours = [(number, (number + 1) % size) for number in range(size)]
    opposites = [(number, number + size // 2) for number in range(size // 2)]
    return {
        "people": [{"id": str(user.pk), "session": session(user)} for user in people],
        "threads": [thread(people[one], people[other]) for one, other in neighbours + opposites],
    }


def person(name: str) -> Any:
    return auth.get_user_model().objects.create(username=name, password="!")


def session(user: Any) -> str:
    """As `login` makes it."""
    store = SessionStore()
    store[auth.SESSION_KEY] = str(user.pk)
    store[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def thread(one: Any, other: Any) -> dict[str, Any]:
    made, _ = actions.start_direct_thread(one, other)
    return {"id": made.pk, "people": [str(one.pk), str(other.pk)]}


if __name__ == "__main__":
    main()
