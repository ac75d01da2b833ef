"""What the workers must know of a person's sessions, whose sockets they hold."""

from __future__ import annotations

from typing import Any

from .. import protocol
from ..sessions import session_digest
from .telling import tell, to_person


def end_session(user_id: Any, session_key: str) -> None:
    """Closes the sockets of this session, once the session itself is gone."""
    ended = protocol.SessionEnded(session=session_digest(session_key))
    tell([to_person(str(user_id), ended)])


def recheck_sessions(user_id: Any) -> None:
    """Makes the workers read this person's sessions and rights again."""
    tell([to_person(str(user_id), protocol.Recheck())])
