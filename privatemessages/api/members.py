"""Who belongs to a thread, as what, and who may not write there."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from .. import actions, history, protocol
from ..roles import Role
from . import whom
from .shapes import REFUSALS, Measure, NewRole, Reason, Whom
from .signed_in import person_of

router = Router(tags=["members"])


@router.get(
    "/{int:thread_id}/members",
    response={200: history.MemberPage, **REFUSALS},
    summary="A page of its members",
)
def list_members(
    request: HttpRequest,
    thread_id: int,
    query: str = "",
    after: str | None = None,
    limit: int = history.PAGE_SIZE,
) -> history.MemberPage:
    """By role and then by joining; `after` is the `next` of the page before this one.

    `query` is how a name begins.
    """
    return history.members(person_of(request), thread_id, query=query, after=after, limit=limit)


@router.get(
    "/{int:thread_id}/present",
    response={200: history.Present, **REFUSALS},
    summary="Who is there now",
)
def list_present(request: HttpRequest, thread_id: int) -> history.Present:
    """How many, and up to a hundred of them."""
    return history.present(person_of(request), thread_id)


@router.post(
    "/{int:thread_id}/members",
    response={200: protocol.Sender, 201: protocol.Sender, **REFUSALS},
    summary="Add somebody",
)
def add_member(request: HttpRequest, thread_id: int, new: Whom) -> Status[protocol.Sender]:
    """201 when they came, 200 when they were there. In a private room it also grants a request."""
    other = whom.one(new)
    came = actions.add_member(person_of(request), thread_id, other)
    return Status(201 if came else 200, history.sender_shape(other))


@router.patch(
    "/{int:thread_id}/members/{path:user_id}",
    response={204: None, **REFUSALS},
    summary="Give somebody another role",
)
def appoint(request: HttpRequest, thread_id: int, user_id: str, new: NewRole) -> Status[None]:
    other = history.anybody_with_id(user_id)
    actions.appoint(person_of(request), thread_id, other, Role(new.role))
    return Status(204, None)


@router.delete(
    "/{int:thread_id}/members/{path:user_id}",
    response={204: None, **REFUSALS},
    summary="Remove somebody",
)
def remove_member(
    request: HttpRequest, thread_id: int, user_id: str, reason: Reason = ""
) -> Status[None]:
    other = history.anybody_with_id(user_id)
    actions.remove_member(person_of(request), thread_id, other, reason)
    return Status(204, None)


@router.put(
    "/{int:thread_id}/mutes/{path:user_id}",
    response={204: None, **REFUSALS},
    summary="Let somebody read and not write",
)
def mute(request: HttpRequest, thread_id: int, user_id: str, measure: Measure) -> Status[None]:
    other = history.anybody_with_id(user_id)
    actions.mute(
        person_of(request), thread_id, other, lasting=measure.lasting, reason=measure.reason
    )
    return Status(204, None)


@router.delete(
    "/{int:thread_id}/mutes/{path:user_id}",
    response={204: None, **REFUSALS},
    summary="Let somebody write again",
)
def unmute(request: HttpRequest, thread_id: int, user_id: str) -> Status[None]:
    actions.unmute(person_of(request), thread_id, history.anybody_with_id(user_id))
    return Status(204, None)
