"""What may follow a command's name, as the types of its function's parameters.

`Member`, `Person`, `Duration` and `Text` come from here; `int` and `str` are a whole number and one
word. A project adds its own: `Annotated[Weekday, WeekdayArgument()]`.
"""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, get_args, get_type_hints

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured

from .. import history
from ..errors import BadArguments, NoSuchPerson, NotMember
from . import parsing
from .calls import Call
from .parsing import Words

NUMBER_LENGTH = 18  # digits; more would be too many for the database

_NUMBER = re.compile(rf"[-+]?[0-9]{{1,{NUMBER_LENGTH}}}")


class Argument(ABC):
    """How one argument is read. One that has a default may be absent."""

    names_member = False  # whether the names of members can be offered for it

    def is_next(self, words: Words) -> bool:
        """Whether it is there. For one that may be absent though others follow."""
        return bool(words.rest)

    @abstractmethod
    def read(self, call: Call, words: Words) -> Any:
        """Takes it from `words`. Raises BadArguments, which shows the usage, or says why not."""


class WordArgument(Argument):
    def read(self, call: Call, words: Words) -> str:
        return words.next()


class NumberArgument(Argument):
    def read(self, call: Call, words: Words) -> int:
        word = words.next()
        if not _NUMBER.fullmatch(word):
            raise BadArguments
        return int(word)


class TextArgument(Argument):
    def read(self, call: Call, words: Words) -> str:
        return words.all()


class DurationArgument(Argument):
    def is_next(self, words: Words) -> bool:
        return parsing.is_duration(words.peek())

    def read(self, call: Call, words: Words) -> timedelta | None:
        return parsing.duration(words.next())


class MemberArgument(Argument):
    names_member = True

    def read(self, call: Call, words: Words) -> AbstractBaseUser:
        return history.member_named(call.person, call.thread.id, words.next())


class PersonArgument(Argument):
    def read(self, call: Call, words: Words) -> AbstractBaseUser:
        return history.person_named(words.next().removeprefix("@"))


class AnybodyArgument(Argument):
    """A member, who may be called by the shown name, or else anybody by the user name."""

    names_member = True

    def read(self, call: Call, words: Words) -> AbstractBaseUser:
        name = words.next()
        try:
            return history.member_named(call.person, call.thread.id, name)
        except NotMember:
            return history.person_named(name.removeprefix("@"))


class BannedArgument(Argument):
    """Anybody by the user name, or else by the shown name of one who is banned there."""

    def read(self, call: Call, words: Words) -> AbstractBaseUser:
        name = words.next().removeprefix("@")
        try:
            return history.person_named(name)
        except NoSuchPerson:
            return self._shown_as(name, call)

    @staticmethod
    def _shown_as(name: str, call: Call) -> AbstractBaseUser:
        """Also who is not active any more."""
        banned = [ban.person for ban in history.bans(call.person, call.thread.id)]
        found = [person.id for person in banned if person.name.casefold() == name.casefold()]
        if len(found) != 1:
            raise NoSuchPerson
        return history.anybody_with_id(found[0])


Member = Annotated[AbstractBaseUser, MemberArgument()]
Person = Annotated[AbstractBaseUser, PersonArgument()]
Anybody = Annotated[AbstractBaseUser, AnybodyArgument()]
BannedPerson = Annotated[AbstractBaseUser, BannedArgument()]
Duration = Annotated[timedelta | None, DurationArgument()]  # None is without end
Text = Annotated[str, TextArgument()]  # all that follows

_PLAIN: dict[Any, Argument] = {str: WordArgument(), int: NumberArgument()}


@dataclass(frozen=True)
class Parameter:
    name: str
    argument: Argument
    is_optional: bool


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """All but the first, which is the Call; raises ImproperlyConfigured."""
    types = get_type_hints(function, include_extras=True)
    given = list(inspect.signature(function).parameters.values())[1:]
    return tuple(
        Parameter(each.name, _argument(function, each, types), each.default is not each.empty)
        for each in given
    )


def _argument(
    function: Callable[..., Any], parameter: inspect.Parameter, types: dict[str, Any]
) -> Argument:
    kind = types.get(parameter.name)
    for candidate in (*get_args(kind), _PLAIN.get(kind)):
        if isinstance(candidate, Argument):
            return candidate
    raise ImproperlyConfigured(
        f"{function.__module__}.{function.__qualname__}: the type of {parameter.name} is none"
        " that a command can read."
    )


def read_arguments(parameters: Iterable[Parameter], call: Call, text: str) -> dict[str, Any]:
    """The arguments by name. Raises BadArguments for too few and too many, and what they raise."""
    words, values = Words(text), {}
    for parameter in parameters:
        if parameter.argument.is_next(words):
            values[parameter.name] = parameter.argument.read(call, words)
        elif not parameter.is_optional:
            raise BadArguments
    if words.rest:
        raise BadArguments
    return values
