"""`manage.py erase_person`: an account goes, with all that names the person."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.db.models import ProtectedError, RestrictedError

from privatemessages import actions, history
from privatemessages.errors import NoSuchPerson, Unavailable
from privatemessages.wiring import broker

from .. import people

LEAVING = 60.0  # s in which the workers notice that nobody is there any more
LOOK_PAUSE = 0.5  # s
NOTED = 1.0  # s from then until they have noted when that was


class Command(BaseCommand):
    help = (
        "Deletes an account and what names the person. Their messages stay as a deleted person's,"
        " or are removed. It may be interrupted, and then goes on when it is run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        people.add_arguments(parser)
        parser.add_argument(
            "--messages",
            choices=["keep", "remove"],
            default="keep",
            help="keep them without the name (the default), or leave a note in their places",
        )
        parser.add_argument("--dry-run", action="store_true", help="do nothing, say how much")
        parser.add_argument("--noinput", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["name"] is None and _is_gone(options["id"]):
            self.stdout.write("There is no account of this id.")
            self._forget(options["id"])
            return
        person = people.meant(options)
        self._check(person)
        self._tell_what(person, options["messages"])
        if options["dry_run"]:
            return
        if not options["noinput"]:
            self._ask(person)
        user_id = str(person.pk)
        erased = self._erase(person, removes_messages=options["messages"] == "remove")
        did = "removed" if options["messages"] == "remove" else "kept without a name"
        self.stdout.write(
            f"Erased: {erased.places} places ended, {erased.messages} messages {did}."
        )
        self._forget(user_id)

    def _check(self, person: AbstractBaseUser) -> None:
        try:
            actions.check_erasable(person)
        except (ProtectedError, RestrictedError) as error:
            raise CommandError(
                f"The project does not let this account be deleted: {error.args[0]}"
                " Nothing was changed."
            ) from None

    def _tell_what(self, person: AbstractBaseUser, messages: str) -> None:
        traces = history.traces(person)
        fate = "would be removed" if messages == "remove" else "would stay without a name"
        self.stdout.write(
            f"{person.get_username()} (id {person.pk}): the account, {traces.places} places and"
            f" {traces.sessions} sessions would go; {traces.messages} messages {fate}."
        )

    def _ask(self, person: AbstractBaseUser) -> None:
        name = person.get_username()
        if input("This cannot be undone. Type the user name to go on: ") != name:
            raise CommandError("That is another name: nothing was changed.")

    def _erase(self, person: AbstractBaseUser, *, removes_messages: bool) -> actions.Erased:
        try:
            return actions.erase_person(person, removes_messages=removes_messages)
        except IntegrityError as error:
            raise CommandError(
                f"The database does not let the account itself go: {error}"
                "The person is shut out, and nothing of the messenger names them any more."
            ) from error

    def _forget(self, user_id: str) -> None:
        """At the end, because a worker notes when they were here as their last socket goes."""
        try:
            _wait_until_gone(user_id)
            actions.forget_in_redis(user_id)
        except Unavailable as error:
            raise CommandError(
                f"The account is gone, but Redis cannot be reached: {error} Run"
                f" `manage.py erase_person --id {user_id}` again when it can."
            ) from None
        self.stdout.write("What Redis knew of them is forgotten.")


def _is_gone(user_id: str | None) -> bool:
    """Whether an id is given that is nobody's; but what Redis knows may still be there."""
    if user_id is None:
        return False
    try:
        history.anybody_with_id(user_id)
    except NoSuchPerson:
        return True
    return False


def _wait_until_gone(user_id: str) -> None:
    until, waited = time.monotonic() + LEAVING, False
    while broker().whereabouts([user_id])[user_id].here and time.monotonic() < until:
        waited = True
        time.sleep(LOOK_PAUSE)
    if waited:
        time.sleep(NOTED)
