"""Who may use the doors that are for programs."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from . import conf
from .errors import BadKey, Forbidden, WrongMethod

# Any one of these says that a proxy stands between, and so perhaps the world.
FORWARDED = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)
SCHEME = "Bearer"


def check_worker(request: HttpRequest) -> None:
    """Raises Forbidden, WrongMethod and BadKey for what no worker POSTs."""
    check_direct(request)
    check_method(request, "POST")
    check_key(bearer(request), worker_keys())


def check_direct(request: HttpRequest) -> None:
    """Raises Forbidden for what came through a proxy."""
    if any(name in request.headers for name in FORWARDED):
        raise Forbidden("This is not reached through a proxy.")


def check_method(request: HttpRequest, method: str) -> None:
    if request.method != method:
        raise WrongMethod


def check_key(given: str, accepted: Iterable[str]) -> None:
    """Raises BadKey. Every key is compared, so that the time tells neither which nor how much."""
    matches = [constant_time_compare(given, key) for key in accepted if key]
    if not any(matches):
        raise BadKey


def bearer(request: HttpRequest) -> str:
    """The token of the header Authorization (RFC 6750, section 2.1); "" where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME.lower() else ""


def worker_keys() -> list[str]:
    settings = conf.load()
    return [settings.API_KEY, *settings.API_KEY_FALLBACKS]


def program_keys() -> list[str]:
    return [*worker_keys(), *conf.load().PROGRAM_API_KEYS]
