"""Pages that may come in, and should not in production."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from django.conf import settings as project
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name

from ..conf import Settings
from ..hosts import is_loopback, may_hold_password
from .deployment import for_deployment


@for_deployment
def check_origins(settings: Settings) -> Iterator[CheckMessage]:
    listed = {
        "ALLOWED_ORIGINS": settings.ALLOWED_ORIGINS,
        "CSRF_TRUSTED_ORIGINS": project.CSRF_TRUSTED_ORIGINS,
    }
    for name, origins in listed.items():
        for origin in origins:
            yield from _judged(name, origin)


def _judged(name: str, origin: str) -> Iterator[CheckMessage]:
    parts = _split(origin)
    if parts is None:
        shown = "a name or a password" if may_hold_password(origin) else origin
        yield Warning(
            f"{name} has {shown}, which is no origin and lets nobody in.",
            hint="Write a scheme and a host, such as https://example.com.",
            id="privatemessages.W021",
        )
    elif _is_for_development(parts):
        yield Warning(
            f"{name} has {origin}, which is for development.",
            hint="Take it out: another program on a person's machine may be behind it.",
            id="privatemessages.W011",
        )


def _split(origin: str) -> SplitResult | None:
    """None for what a browser never sends as an origin."""
    if may_hold_password(origin):
        return None
    try:
        parts = urlsplit(origin)
        is_whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = False
    return parts if is_whole and parts.path in ("", "/") else None


def _is_for_development(parts: SplitResult) -> bool:
    """Of this machine; or without TLS, where the site has it."""
    return is_loopback(parts.hostname or "") or (
        parts.scheme == "http" and project.SESSION_COOKIE_SECURE
    )


@for_deployment
def check_hosts(_: Settings) -> Iterator[CheckMessage]:
    if "*" in project.ALLOWED_HOSTS:
        yield Warning(
            "ALLOWED_HOSTS allows every host, of which none may open a socket.",
            hint="Name the hosts of the site: a page's own host is judged by them.",
            id="privatemessages.W012",
        )


@for_deployment
def check_socket_url(settings: Settings) -> Iterator[CheckMessage]:
    if project.SESSION_COOKIE_SECURE and settings.SOCKET_URL.startswith("ws:"):
        yield Warning(
            "SOCKET_URL begins with ws://, and gets no cookie that is for https alone.",
            hint="Let it begin with wss://.",
            id="privatemessages.W019",
        )
