"""The directory of rooms, and each by its address."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from .. import actions, history
from .shapes import REFUSALS
from .signed_in import person_of

router = Router(tags=["rooms"])


@router.get("", response={200: history.RoomPage, **REFUSALS}, summary="The directory of rooms")
def list_rooms(
    request: HttpRequest,
    query: str = "",
    before: str | None = None,
    limit: int = history.PAGE_SIZE,
) -> history.RoomPage:
    """Public ones and one's own; `before` is the `next` of the page before this one."""
    return history.rooms(person_of(request), query=query, before=before, limit=limit)


@router.get("/{slug}", response={200: history.RoomDoor, **REFUSALS}, summary="One room")
def show_room(request: HttpRequest, slug: str) -> history.RoomDoor:
    """By its address or its name, in any letter case; of a private one little but the name."""
    return history.room(person_of(request), slug)


@router.post(
    "/{slug}/enter",
    response={200: history.ThreadCard, 201: history.ThreadCard, **REFUSALS},
    summary="Enter a room",
)
def enter_room(request: HttpRequest, slug: str) -> Status[history.ThreadCard]:
    """201 when one came, 200 when one was in already."""
    person = person_of(request)
    room, came = actions.enter_room(person, history.room(person, slug).id)
    return Status(201 if came else 200, history.thread(person, room.id))
