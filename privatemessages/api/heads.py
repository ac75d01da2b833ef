"""Where my threads stand."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from .. import history, protocol
from .shapes import REFUSALS, Heads
from .signed_in import person_of

router = Router(tags=["threads"])


@router.get("", response={200: Heads, **REFUSALS}, summary="Where my threads stand")
def list_heads(request: HttpRequest) -> Heads:
    """As the frame `hello` tells it, for who has no socket. Who is behind asks for `changes`."""
    person = person_of(request)
    return Heads(
        user=history.sender_shape(person),
        threads={
            str(thread_id): protocol.Head(version=place.version, read=place.read)
            for thread_id, place in history.heads(person.pk).items()
        },
    )
