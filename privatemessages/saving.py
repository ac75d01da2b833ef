"""The save endpoint: the workers' batches, and single messages from other programs.

Both are outside a project's ATOMIC_REQUESTS, so that an answer means committed. What nobody
expected is reported as Django does it and answered in our shape, so that a worker knows that
Django was reached; it comes again, and nothing is lost by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from pydantic import ValidationError

from . import actions, history, protocol
from .actions import Entry, ReadMark, Result
from .answers import error_response, failure_response, report_failure
from .bodies import complaint, json_object
from .errors import Malformed, MessengerError, TooLong, Unavailable
from .guards import check_direct, check_key, check_method, check_worker, program_keys
from .models import Message

BODY_LIMIT = 16 * 1024 * 1024  # bytes; 100 of the longest messages fit, however they are escaped


@csrf_exempt
@transaction.non_atomic_requests
def save_batch(request: HttpRequest) -> JsonResponse:
    """`{"messages": […], "reads": […]}`, and a result for each message in their order."""
    try:
        results = _save(*_batch(request))
    except MessengerError as error:
        return error_response(error)
    except Exception as error:  # noqa: BLE001 - reported, and kept apart from a proxy's answer
        return failure_response(request, error)
    return JsonResponse({"results": [result.model_dump() for result in results]})


@csrf_exempt
@sensitive_post_parameters("api_key", "message")
@transaction.non_atomic_requests
def save_one(request: HttpRequest, thread_id: int) -> JsonResponse:
    """A form of `api_key`, `sender_id`, `message` and, to be repeatable, `id`."""
    try:
        message = _send(_form(request), thread_id)
    except MessengerError as error:
        return JsonResponse({"error": error.code}, status=error.status)
    except Exception as error:  # noqa: BLE001 - as above
        return JsonResponse({"error": Unavailable.code}, status=report_failure(request, error))
    return JsonResponse({"status": "ok", "seq": message.seq})


def _batch(request: HttpRequest) -> tuple[list[Any], list[Any]]:
    check_worker(request)
    content = json_object(request, BODY_LIMIT)
    messages, reads = content.get("messages", []), content.get("reads", [])
    if not (isinstance(messages, list) and isinstance(reads, list)):
        raise Malformed("messages and reads are lists.")
    return messages, reads


def _save(messages: Iterable[Any], reads: Iterable[Any]) -> list[Result]:
    judged = [_entry(raw) for raw in messages]
    entries = [entry for entry in judged if isinstance(entry, Entry)]
    saved = iter(actions.save_batch(entries, list(_marks(reads))))
    return [next(saved) if isinstance(entry, Entry) else entry for entry in judged]


def _entry(raw: Any) -> Entry | Result:
    try:
        return Entry.model_validate(raw)
    except ValidationError as error:
        return Result(status="refused", code=complaint(error).code)


def _marks(reads: Iterable[Any]) -> Iterable[ReadMark]:
    """One that cannot be read is left out: the next one of this person makes up for it."""
    for raw in reads:
        try:
            yield ReadMark.model_validate(raw)
        except ValidationError:
            continue


def _form(request: HttpRequest) -> QueryDict:
    check_direct(request)
    check_method(request, "POST")
    form = _posted(request)
    check_key(form.get("api_key", ""), program_keys())
    return form


def _posted(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except RequestDataTooBig:
        raise TooLong("The form is too large.") from None
    except (MultiPartParserError, SuspiciousOperation):
        raise Malformed("The form could not be read.") from None


def _send(form: QueryDict, thread_id: int) -> Message:
    person = history.person_with_id(form.get("sender_id", ""))
    given = form.get("id", "")
    uuid = UUID(protocol.clean_uuid(given)) if given else None
    message, _ = actions.send_message(person, thread_id, form.get("message", ""), uuid=uuid)
    return message
