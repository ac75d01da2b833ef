"""Which sockets are opened, and how."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings as django_settings

from ..actions.probing import MESSAGES
from ..conf import Settings
from ..hosts import is_loopback
from ..tornadoapp.probe import Handshake
from .report import Broken
from .words import sockets as words

PATH = "/ws/"


@dataclass(frozen=True)
class Manner:
    """`origin` is None for what a page of that address would have."""

    origin: str | None = None
    verify: bool = True


def addresses(given: list[str], settings: Settings) -> list[str]:
    """One for each socket; a single one twice, so that there is somebody who listens too.

    A port alone is one of this machine's.
    """
    found = [_whole(text) for text in given] or _of_settings(settings)
    if len(found) > MESSAGES:
        raise Broken(words.too_many_sockets(MESSAGES))
    return found if len(found) > 1 else found * 2


def handshake(url: str, session: str, manner: Manner, timeout: float) -> Handshake:
    origin = _origin(url) if manner.origin is None else manner.origin
    cookie = f"{django_settings.SESSION_COOKIE_NAME}={session}"
    return Handshake(cookie, origin, manner.verify, timeout)


def _of_settings(settings: Settings) -> list[str]:
    if settings.SOCKET_URL:
        return [settings.SOCKET_URL]
    if settings.SOCKET_PORT is not None:
        return [_whole(str(settings.SOCKET_PORT))]
    raise Broken(words.NO_ADDRESS)


def _whole(text: str) -> str:
    if text.isascii() and text.isdigit():
        return f"ws://127.0.0.1:{text}{PATH}"
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in ("ws", "wss") and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise Broken(words.no_address(text))
    return text if parts.path.strip("/") else parts._replace(path=PATH).geturl()


def _origin(url: str) -> str:
    """A worker asked directly is asked as by a program, which has none."""
    parts = urlsplit(url)
    if is_loopback(parts.hostname or ""):
        return ""
    return f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"
