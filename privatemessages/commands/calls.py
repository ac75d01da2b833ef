"""What a command is given, and what its author is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser

from .. import protocol
from ..history import ThreadCard

if TYPE_CHECKING:
    from .registry import Command, Registry


class Answer(protocol.Shape):
    """For the author of a command alone. `code` is an error's, where it was not carried out."""

    text: str
    code: str | None = None


class Offer(protocol.Shape):
    """A command as people are told of it, in their language.

    `takes_member`: names of members may follow.
    """

    name: str
    usage: str
    help: str
    takes_member: bool


@dataclass(frozen=True)
class Call:
    """One person's command in one thread, as it stands for this person at that moment."""

    person: AbstractBaseUser
    thread: ThreadCard
    known: Registry

    @property
    def offered(self) -> list[Command]:
        """The commands that make sense for this person there."""
        return self.known.offered_in(self.thread)
