"""What surrounds every request: the person's time zone, and what is noted of the request."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .counters import request_seconds, requests
from .logs import request_id

COOKIE = "timezone"
LONGEST_NAME = 64  # characters; the longest of the database has 32

REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
APP = "privatemessages"
OTHER = "other"


class TimezoneMiddleware:
    """The person's own, as the browser told it in a cookie.

    Times are shown in the cookie's zone, or in the project's where it names none that exists.
    """

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


class RequestMiddleware:
    """Counts what the messenger is asked, and names each request in the lines of its log.

    The name comes from the proxy, in `X-Request-ID`. It stands first, to see what others answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        # Until the thread's next request: Django tells of refusals when we have returned.
        request_id.set(given if REQUEST_ID.fullmatch(given) else "")
        response = self.get_response(request)
        if view := door_of(request):
            method = request.method if request.method in METHODS else OTHER
            requests.labels(view, method, str(response.status_code)).inc()
            request_seconds.labels(view).observe(time.perf_counter() - began)
        return response


def door_of(request: HttpRequest) -> str:
    """The name of the view, as it is in `urls`; "" for what is not the messenger's."""
    match = request.resolver_match
    if match is None or APP not in match.app_names:
        return ""
    inner = match.namespaces[match.app_names.index(APP) + 1 :]
    return ":".join([*inner, match.url_name or OTHER])
