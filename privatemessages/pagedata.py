"""What a page hands to its scripts, beside what it shows."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from . import conf, history, openings, protocol
from .history import InboxPage, Opening


def for_messenger(
    request: HttpRequest, inbox: InboxPage, opening: Opening | None
) -> dict[str, Any]:
    preferences = history.preferences(cast(AbstractBaseUser, request.user).pk)
    return for_page(request) | {
        **inbox.model_dump(mode="json"),
        "preferences": preferences.model_dump(mode="json"),
        "opening": _opening(opening),
    }


def _opening(opening: Opening | None) -> dict[str, Any] | None:
    return None if opening is None else openings.with_commands(opening).model_dump(mode="json")


def for_page(request: HttpRequest) -> dict[str, Any]:
    """What every page hands on."""
    inbox_url = reverse("privatemessages:inbox")
    return {
        "user": history.sender_shape(cast(AbstractBaseUser, request.user)).model_dump(mode="json"),
        "socket_url": socket_url(request),
        "inbox_url": inbox_url,
        "api_url": f"{inbox_url}api/",
        "login_url": resolve_url(settings.LOGIN_URL),
        "logout_url": _logout_url(),
        "text_limit": protocol.TEXT_LIMIT,
    }


def socket_url(request: HttpRequest) -> str:
    """Where this page's socket is: set, or on the page's own host."""
    app = conf.load()
    if app.SOCKET_URL:
        return app.SOCKET_URL
    scheme = "wss" if request.is_secure() else "ws"
    return f"{scheme}://{_socket_host(request.get_host(), app.SOCKET_PORT)}/ws/"


def _socket_host(host: str, port: int | None) -> str:
    if port is None:
        return host
    name, _ = split_domain_port(host)
    return f"{name}:{port}"


def _logout_url() -> str:
    """Empty where the project signs people out in a way of its own."""
    try:
        return reverse("logout")
    except NoReverseMatch:
        return ""
