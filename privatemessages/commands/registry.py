"""Where commands are found by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ..errors import BadArguments, Forbidden, MayNotPost, UnknownCommand
from ..history import ThreadCard
from ..models import Thread
from ..protocol import SLASH
from ..roles import Act
from .arguments import Parameter, parameters_of, read_arguments
from .calls import Call, Offer

ECHO_LIMIT = 30  # characters of a name that nobody knows

Function = Callable[..., Any]
Words = str | Promise  # Promise: translated when it is shown

EVERYWHERE = frozenset(Thread.Kind.values)
GATHERINGS = frozenset({Thread.Kind.GROUP.value, Thread.Kind.ROOM.value})


@dataclass(frozen=True)
class Command:
    """`arguments` is how they are written, `act` what one has to be allowed there."""

    name: str
    function: Function
    arguments: Words = ""
    help: Words = ""
    aliases: tuple[str, ...] = ()
    act: Act | None = None
    kinds: frozenset[str] = EVERYWHERE

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        return parameters_of(self.function)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def usage(self) -> str:
        return f"{SLASH}{self.name} {self.arguments}".strip()

    @property
    def offer(self) -> Offer:
        takes_member = any(given.argument.names_member for given in self.parameters)
        return Offer(
            name=self.name, usage=self.usage, help=str(self.help), takes_member=takes_member
        )

    def suits(self, thread: ThreadCard) -> bool:
        return thread.kind in self.kinds and (self.act is None or self.act in thread.acts)

    def check(self, thread: ThreadCard) -> None:
        """Raises Forbidden or MayNotPost. What the command does, `actions` checks once more."""
        if not self.suits(thread):
            raise MayNotPost if self.act == Act.POST else Forbidden

    def run(self, call: Call, text: str) -> str:
        """The answer; `text` is what follows the name. Raises MessengerError."""
        try:
            return str(self.function(call, **read_arguments(self.parameters, call, text)))
        except BadArguments:
            usage = _("Write it like this: %(usage)s") % {"usage": self.usage}
            raise BadArguments(usage) from None


class Registry:
    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}  # by every name that they have

    def define(  # noqa: PLR0913 - all but the name have to be named
        self,
        name: str,
        *,
        usage: Words = "",
        help: Words = "",  # noqa: A002 - nothing here asks Python for help
        aliases: Iterable[str] = (),
        act: Act | None = None,
        kinds: Iterable[str] = EVERYWHERE,
    ) -> Callable[[Function], Function]:
        """A decorator that makes a function a command.

        The function is given a Call and the arguments that its parameters declare, and returns the
        answer for the person who wrote the command. Raises ImproperlyConfigured.
        """

        def register(function: Function) -> Function:
            self.register(
                Command(name, function, usage, help, tuple(aliases), act, frozenset(kinds))
            )
            return function

        return register

    def register(self, command: Command) -> None:
        """Raises ImproperlyConfigured for a name that is taken or none, and for unknown types."""
        _ = command.parameters
        for name in command.names:
            self._check_name(name)
            self._commands[name] = command

    def _check_name(self, name: str) -> None:
        if name in self._commands:
            raise ImproperlyConfigured(f"There is already a command {SLASH}{name}.")
        if name.split() != [name] or name != name.casefold() or SLASH in name:
            raise ImproperlyConfigured(f"{name!r} is no name for a command.")

    def __iter__(self) -> Iterator[Command]:
        """Each once, by name."""
        return (command for name, command in sorted(self._commands.items()) if name == command.name)

    def offered_in(self, thread: ThreadCard) -> list[Command]:
        """What this person may do there."""
        return [command for command in self if command.suits(thread)]

    def find(self, name: str, thread: ThreadCard) -> Command:
        """Raises UnknownCommand, which offers the nearest that makes sense in this thread."""
        command = self._commands.get(name)
        if command is None:
            raise UnknownCommand(self._unknown(name[:ECHO_LIMIT], thread))
        return command

    def _unknown(self, name: str, thread: ThreadCard) -> str:
        names = [known for command in self.offered_in(thread) for known in command.names]
        nearest = get_close_matches(name, names, n=1)
        if nearest:
            return _("There is no command /%(name)s. Did you mean /%(nearest)s?") % {
                "name": name,
                "nearest": nearest[0],
            }
        return _(
            "There is no command /%(name)s. /help lists all. To begin a text with a slash,"
            " write two."
        ) % {"name": name}


known = Registry()
command = known.define
