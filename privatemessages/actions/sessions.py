"""What the workers must know of a person's sessions, whose sockets they hold."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from .. import history, protocol
from ..models import Member
from ..sessions import session_digest
from .telling import tell, to_person


def end_session(user_id: Any, session_key: str) -> None:
    """Closes the sockets of this session, once the session itself is gone."""
    ended = protocol.SessionEnded(session=session_digest(session_key))
    tell([to_person(str(user_id), ended)])


def end_all_sessions(person: AbstractBaseUser) -> None:
    """Those that the project's engine keeps as rows; all others end with the account."""
    engine = import_module(settings.SESSION_ENGINE).SessionStore
    for kept in list(history.sessions(person)):
        engine(kept.key).delete()
        end_session(person.pk, kept.key)


def recheck_sessions(user_id: Any) -> None:
    """Makes the workers read this person's sessions and rights again."""
    tell([to_person(str(user_id), protocol.Recheck())])


def recheck_partners(user_id: Any) -> None:
    """The same for those with whom this person talks: they may write to nobody who is not there."""
    partners = Member.objects.partners_of(user_id).values_list("user_id", flat=True)
    tell([to_person(str(partner), protocol.Recheck()) for partner in partners.distinct()])
