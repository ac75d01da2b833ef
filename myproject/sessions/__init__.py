"""The site's session engine: see `store`."""

from myproject.sessions.store import SessionStore

__all__ = ["SessionStore"]
