"""From a text to its answer."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from .. import history, protocol
from ..errors import BadArguments, MessengerError, NotFound
from . import parsing
from .calls import Answer, Call
from .registry import Registry, known


def run(person: AbstractBaseUser, thread_id: int, text: str) -> Answer:
    """Carries out a command for a person. Whatever is refused is an answer with a code.

    Where the thread is not theirs, it is the answer that every command would get.
    """
    try:
        call = begin(person, thread_id)
    except NotFound as error:
        return refusal(error)
    return answer(call, text)


def begin(person: AbstractBaseUser, thread_id: int, commands: Registry = known) -> Call:
    """Raises NotFound."""
    return Call(person, history.thread(person, thread_id), commands)


def answer(call: Call, text: str) -> Answer:
    try:
        return Answer(text=_carry_out(call, protocol.clean_text(text)))
    except MessengerError as error:
        return refusal(error)


def _carry_out(call: Call, text: str) -> str:
    if not protocol.is_command(text):
        raise BadArguments(_("A command begins with one slash."))
    name, rest = parsing.split(text)
    command = call.known.find(name, call.thread)
    command.check(call.thread)
    return command.run(call, rest)


def refusal(error: MessengerError) -> Answer:
    """What was put together with a name in it is translated already, and stays as it is."""
    return Answer(text=_(error.detail), code=error.code)
