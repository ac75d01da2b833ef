"""What I chose for a thread: to be reminded of it, or to hear no bell for it."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from .. import actions
from .shapes import REFUSALS
from .signed_in import person_of

router = Router(tags=["threads"])


@router.post("/{int:thread_id}/unread", response={204: None, **REFUSALS}, summary="Mark as unread")
def mark_unread(request: HttpRequest, thread_id: int) -> Status[None]:
    """Until I read there again."""
    actions.mark_unread(person_of(request), thread_id)
    return Status(204, None)


@router.put("/{int:thread_id}/silence", response={204: None, **REFUSALS}, summary="Silence")
def silence(request: HttpRequest, thread_id: int) -> Status[None]:
    """No notification for what is written there."""
    actions.silence(person_of(request), thread_id)
    return Status(204, None)


@router.delete("/{int:thread_id}/silence", response={204: None, **REFUSALS}, summary="Unsilence")
def unsilence(request: HttpRequest, thread_id: int) -> Status[None]:
    actions.unsilence(person_of(request), thread_id)
    return Status(204, None)
