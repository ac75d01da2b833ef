"""What is spoken and not yet stored, and what was set aside because it only failed."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privatemessages.broker.blocking import OutboxState
from privatemessages.broker.entries import Entry
from privatemessages.errors import Unavailable
from privatemessages.wiring import broker

MILLISECONDS = 1000  # in a second


class Command(BaseCommand):
    help = "Shows how many messages wait to be stored, since when, and which were set aside."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            state, dead = broker().outbox_state(), broker().dead_entries()
        except Unavailable as error:
            raise CommandError(f"Redis cannot be reached: {error}") from None
        self.stdout.write(_waiting(state))
        self.stdout.write(f"{state.dead} set aside")
        for entry, reason in dead:
            self.stdout.write(f"  {entry.id}  {_identity(entry)}  {reason}")


def _waiting(state: OutboxState) -> str:
    if state.oldest is None:
        return "0 waiting"
    seconds = max(0, time.time() - state.oldest / MILLISECONDS)
    return f"{state.waiting} waiting, the oldest for {seconds:.0f} s"


def _identity(entry: Entry) -> str:
    """Thread, sender and id; what was written is private."""
    return entry.identity or f"{entry.thread_id}:unreadable"
