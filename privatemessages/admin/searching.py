"""Whom and what a search means.

People and threads are found first, and then what is theirs, by an index: one condition over joined
tables would look at every message there is.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from .. import names
from ..errors import BadName, NameTooLong
from ..models import Thread
from ..protocol import BIGGEST_NUMBER

FOUND_LIMIT = 100  # people, and threads


def people_called(term: str) -> list[Any]:
    """The primary keys of those whose user name begins so."""
    user_model = get_user_model()
    begins = {f"{user_model.USERNAME_FIELD}__istartswith": term}
    found = user_model._default_manager.filter(**begins).order_by("pk")
    return list(found.values_list("pk", flat=True)[:FOUND_LIMIT])


def threads_called(term: str) -> list[int]:
    """The latest whose title holds it, or whose number or address it is."""
    found = Thread.objects.filter(Q(title__icontains=term) | _of_number(term) | _of_address(term))
    return list(found.order_by("-id").values_list("id", flat=True)[:FOUND_LIMIT])


def _of_number(term: str) -> Q:
    is_number = term.isascii() and term.isdigit() and len(term) <= len(str(BIGGEST_NUMBER))
    return Q(id=int(term)) if is_number else Q(pk__in=())


def _of_address(term: str) -> Q:
    try:
        return Q(slug__startswith=names.slug_of(term))
    except (BadName, NameTooLong):
        return Q(pk__in=())
