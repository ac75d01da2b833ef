"""To whom one may write."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from .. import history
from .shapes import REFUSALS, People
from .signed_in import person_of

router = Router(tags=["people"])


@router.get("", response={200: People, **REFUSALS}, summary="Find people by their name")
def find_people(request: HttpRequest, q: str) -> People:
    """Active people whose name begins so, at least two letters; never by an e-mail address."""
    return People(people=history.people(person_of(request), q))
