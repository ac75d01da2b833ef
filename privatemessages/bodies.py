"""What workers POST: a JSON object of bounded size, and what is wrong in it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from pydantic import ValidationError

from .errors import BadText, Malformed, MessengerError, TooLong


def json_object(request: HttpRequest, limit: int) -> dict[str, Any]:
    """`limit` is in bytes. Raises TooLong and Malformed."""
    content = _json(_body(request, limit))
    if not isinstance(content, dict):
        raise Malformed("The body is not a JSON object.")
    return content


def _body(request: HttpRequest, limit: int) -> bytes:
    """Read here, because a project's own limit for forms is too small for a batch."""
    body = request.read(limit + 1)
    if len(body) > limit:
        raise TooLong("The body is too large.")
    return body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None


def complaint(error: ValidationError) -> MessengerError:
    """About a body of the wrong shape; a lone surrogate in a text is told apart."""
    unreadable = any(problem["type"] == "string_unicode" for problem in error.errors())
    return BadText() if unreadable else Malformed()
