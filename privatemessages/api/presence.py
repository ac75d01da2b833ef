"""Whether those with whom one talks are here."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from .. import history
from .shapes import REFUSALS, Presences
from .signed_in import person_of

Numbers = Annotated[str, Query(pattern=r"^[0-9]{1,19}(,[0-9]{1,19}){0,99}$")]

router = Router(tags=["presence"])


@router.get(
    "", response={200: Presences, **REFUSALS}, summary="Who of those with whom I talk is here"
)
def show_presence(request: HttpRequest, threads: Numbers) -> Presences:
    """Of direct threads of mine, at most a hundred numbers between commas.

    Nothing is told of those where it is hidden, or unknown.
    """
    asked = map(int, threads.split(","))
    return Presences(presence=history.presences(person_of(request), asked))
