"""The policy for contents (CSP): only our own files, and nothing stands within a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF


def policy(connections: Sequence[str]) -> dict[str, Any]:
    """`connections` are where scripts may connect to besides the page's own host."""
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "connect-src": [SELF, *connections],
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    }


def socket_sources(socket_url: str, *, any_port: bool) -> list[str]:
    """'self' is also the sockets of the page's own host; in development they have another port."""
    if any_port:
        return ["ws:", "wss:"]
    address = urlsplit(socket_url)
    return [f"{address.scheme}://{address.netloc}"] if socket_url else []
