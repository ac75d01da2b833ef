"""Errors as the JSON doors tell them: `{"code", "detail"}` and a fitting status."""

from __future__ import annotations

import logging
import math

from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext

from .errors import MessengerError, Unavailable

MILLISECONDS = 1000  # in a second
FAILED = 500
DATABASE_AWAY = (InterfaceError, OperationalError)  # or too busy: trying again makes sense

logger = logging.getLogger("django.request")


def error_content(error: MessengerError) -> dict[str, str]:
    return {"code": error.code, "detail": gettext(error.detail)}


def error_response(error: MessengerError) -> JsonResponse:
    response = JsonResponse(error_content(error), status=error.status)
    if error.retry_after is not None:
        # In whole seconds (RFC 9110, section 10.2.3).
        response["Retry-After"] = str(math.ceil(error.retry_after / MILLISECONDS))
    return response


def report_failure(request: HttpRequest, error: Exception) -> int:
    """As loud as Django is about what nobody expected; the status to answer with.

    503 where the database is away, and 500 where this request itself may be what fails: workers
    tell these apart.
    """
    got_request_exception.send(sender=None, request=request)
    logger.error("%s failed", request.path, exc_info=error, extra={"request": request})
    return Unavailable.status if isinstance(error, DATABASE_AWAY) else FAILED


def failure_response(request: HttpRequest, error: Exception) -> JsonResponse:
    return JsonResponse(error_content(Unavailable()), status=report_failure(request, error))
