"""Whom an operator means, for the commands about one person."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import CommandError

from .. import history
from ..errors import NoSuchPerson


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="the user name, as at signing in")
    parser.add_argument("--id", metavar="ID", help="the primary key, instead of the name")


def meant(options: dict[str, Any]) -> AbstractBaseUser:
    """Somebody inactive too. Raises CommandError."""
    name, user_id = options["name"], options["id"]
    if (name is None) == (user_id is None):
        raise CommandError("Say who is meant: either NAME or --id ID.")
    try:
        person = history.anybody_named(name) if name else history.anybody_with_id(user_id or "")
    except NoSuchPerson:
        person = None
    if person is None:
        raise CommandError("There is no such account. A name has to be exact where two are alike.")
    return person
