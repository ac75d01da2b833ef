"""Errors as the JSON doors tell them: `{"code", "detail"}` and a fitting status."""

from __future__ import annotations

import math

from django.http import JsonResponse
from django.utils.translation import gettext

from .errors import MessengerError

MILLISECONDS = 1000  # in a second


def error_content(error: MessengerError) -> dict[str, str]:
    return {"code": error.code, "detail": gettext(error.detail)}


def error_response(error: MessengerError) -> JsonResponse:
    response = JsonResponse(error_content(error), status=error.status)
    if error.retry_after is not None:
        # In whole seconds (RFC 9110, section 10.2.3).
        response["Retry-After"] = str(math.ceil(error.retry_after / MILLISECONDS))
    return response
