"""The person's own time zone, as the browser told it in a cookie."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "timezone"
LONGEST_NAME = 64  # characters; the longest of the database has 32


class TimezoneMiddleware:
    """Times are shown in the cookie's zone, or in the project's where it names none that exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_named(request.COOKIES.get(COOKIE, ""))):
            return self.get_response(request)


def zone_named(name: str) -> ZoneInfo | None:
    """None for what is no time zone, whatever somebody wrote there.

    The name becomes a path of the file system: ZoneInfo refuses to leave its folder with a
    ValueError, and for a folder of that name the system raises an OSError.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
