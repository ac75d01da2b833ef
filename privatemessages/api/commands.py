"""What can be done in a thread by a command, and doing it."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from .. import commands, protocol
from .shapes import REFUSALS
from .signed_in import person_of

router = Router(tags=["commands"])


class NewCommand(protocol.Shape):
    """Such as `/topic The weather`."""

    text: str


@router.get(
    "/{int:thread_id}/commands",
    response={200: list[commands.Offer], **REFUSALS},
    summary="The commands that make sense there",
)
def list_commands(request: HttpRequest, thread_id: int) -> list[commands.Offer]:
    """For this person, by name."""
    call = commands.begin(person_of(request), thread_id)
    return [command.offer for command in call.offered]


@router.post(
    "/{int:thread_id}/commands",
    response={200: commands.Answer, **REFUSALS},
    summary="Carry out a command",
)
def run_command(request: HttpRequest, thread_id: int, new: NewCommand) -> commands.Answer:
    """Also what was refused is an answer, with an error's `code`; else that is null."""
    return commands.answer(commands.begin(person_of(request), thread_id), new.text)
