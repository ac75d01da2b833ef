"""The people whom a request names."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from .. import conf, history
from ..errors import Full, Malformed
from .shapes import NewGroup, Whom


def one(whom: Whom) -> AbstractBaseUser:
    """Raises NoSuchPerson, and Malformed where nobody is named."""
    if whom.user is not None:
        return history.person_named(whom.user)
    if whom.user_id is not None:
        return history.person_with_id(whom.user_id)
    raise Malformed("The field user is missing.")


def all_of(new: NewGroup) -> list[AbstractBaseUser]:
    """Raises NoSuchPerson, and Full before looking for more people than a group holds."""
    names, user_ids = set(new.people), set(new.people_ids)
    if len(names) + len(user_ids) > conf.load().GROUP_LIMIT:
        raise Full
    return history.everybody(names, user_ids)
