"""Where workers hand on the commands that people write on their sockets.

Outside a project's ATOMIC_REQUESTS, as the save endpoint is and for its reason. The answer is in
the language of the person, whose headers the worker forwards.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from . import commands, history, protocol
from .answers import error_response, failure_response
from .bodies import complaint, json_object
from .errors import MessengerError, NoSuchPerson, NotFound
from .guards import check_worker

BODY_LIMIT = protocol.FRAME_LIMIT + 1024  # bytes; what came in one frame, and who wrote it


class Written(protocol.Shape):
    """Somebody wrote a command."""

    thread: protocol.Number
    sender: str
    text: str


@csrf_exempt
@transaction.non_atomic_requests
def run_command(request: HttpRequest) -> JsonResponse:
    """`{"thread", "sender", "text"}`, answered by `{"text", "code"}`, refused or not."""
    try:
        answer = _run(_written(request))
    except MessengerError as error:
        return error_response(error)
    except Exception as error:  # noqa: BLE001 - reported, and kept apart from a proxy's answer
        return failure_response(request, error)
    return JsonResponse(answer.model_dump())


def _written(request: HttpRequest) -> Written:
    check_worker(request)
    try:
        return Written.model_validate(json_object(request, BODY_LIMIT))
    except ValidationError as error:
        raise complaint(error) from None


def _run(written: Written) -> commands.Answer:
    try:
        person = history.person_with_id(written.sender)
    except NoSuchPerson:
        return commands.refusal(NotFound())
    return commands.run(person, written.thread, written.text)
