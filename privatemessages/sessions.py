"""How a session is named where its key must not be known."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

SALT = "privatemessages.session"


def session_digest(session_key: str) -> str:
    """Safe to publish: it tells two sessions apart and opens neither."""
    return salted_hmac(SALT, session_key, algorithm="sha256").hexdigest()
