"""Who may not come in, and who asks to be let in."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from .. import actions, history
from .shapes import REFUSALS, Bans, EntryRequests, Measure
from .signed_in import person_of

router = Router(tags=["entry"])


@router.get(
    "/{int:thread_id}/bans", response={200: Bans, **REFUSALS}, summary="Who is banned there"
)
def list_bans(request: HttpRequest, thread_id: int) -> Bans:
    return Bans(bans=history.bans(person_of(request), thread_id))


@router.put(
    "/{int:thread_id}/bans/{path:user_id}",
    response={204: None, **REFUSALS},
    summary="Keep somebody out",
)
def ban(request: HttpRequest, thread_id: int, user_id: str, measure: Measure) -> Status[None]:
    """A member is removed too; somebody who never came may be banned as well."""
    other = history.anybody_with_id(user_id)
    actions.ban(
        person_of(request), thread_id, other, lasting=measure.lasting, reason=measure.reason
    )
    return Status(204, None)


@router.delete(
    "/{int:thread_id}/bans/{path:user_id}",
    response={204: None, **REFUSALS},
    summary="Let somebody come again",
)
def unban(request: HttpRequest, thread_id: int, user_id: str) -> Status[None]:
    actions.unban(person_of(request), thread_id, history.anybody_with_id(user_id))
    return Status(204, None)


@router.get(
    "/{int:thread_id}/requests",
    response={200: EntryRequests, **REFUSALS},
    summary="Who asks to be let in",
)
def list_requests(request: HttpRequest, thread_id: int) -> EntryRequests:
    """Each is granted by adding the person, or declined."""
    return EntryRequests(requests=history.entry_requests(person_of(request), thread_id))


@router.post(
    "/{int:thread_id}/requests", response={204: None, **REFUSALS}, summary="Ask to be let in"
)
def request_entry(request: HttpRequest, thread_id: int) -> Status[None]:
    """Into a private room. Asking twice is asking once."""
    actions.request_entry(person_of(request), thread_id)
    return Status(204, None)


@router.delete(
    "/{int:thread_id}/requests/{path:user_id}",
    response={204: None, **REFUSALS},
    summary="Decline to let somebody in",
)
def decline_entry(request: HttpRequest, thread_id: int, user_id: str) -> Status[None]:
    actions.decline_entry(person_of(request), thread_id, history.anybody_with_id(user_id))
    return Status(204, None)
