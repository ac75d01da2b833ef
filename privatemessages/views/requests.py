"""What all pages ask of a request."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from ..errors import Malformed

LONGEST_NUMBER = 19  # digits


def person_of(request: HttpRequest) -> AbstractBaseUser:
    """Behind `login_required` nobody is anonymous."""
    return cast(AbstractBaseUser, request.user)


def number(text: str | None) -> int | None:
    """Raises Malformed."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise Malformed
    return int(text)
