"""A thread's history, and writing in it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from .. import actions, counters, history, protocol
from .shapes import REFUSALS, NewMessage, ReadMark
from .signed_in import person_of

router = Router(tags=["messages"])


@router.get(
    "/{int:thread_id}/messages",
    response={200: history.MessagePage, **REFUSALS},
    summary="A page of history",
)
def list_messages(  # noqa: PLR0913, PLR0917 - they are the parameters of the query
    request: HttpRequest,
    thread_id: int,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = history.PAGE_SIZE,
) -> history.MessagePage:
    """In the order of `seq`; the newest without a cursor, and at most one cursor."""
    return history.messages(
        person_of(request), thread_id, before=before, after=after, around=around, limit=limit
    )


@router.post(
    "/{int:thread_id}/messages",
    response={200: protocol.Message, 201: protocol.Message, **REFUSALS},
    summary="Write",
)
def send_message(request: HttpRequest, thread_id: int, new: NewMessage) -> Status[protocol.Message]:
    """201 when it was stored, 200 with the stored message when its `id` was stored before.

    The text is taken literally: a command goes to `commands`.
    """
    uuid = UUID(protocol.clean_uuid(new.id))
    message, created = actions.send_message(
        person_of(request), thread_id, new.text, uuid=uuid, reply_to=new.reply_to
    )
    return Status(201 if created else 200, history.message_shape(message))


@router.get(
    "/{int:thread_id}/changes",
    response={200: history.Changes, **REFUSALS},
    summary="What changed since a version",
)
def list_changes(request: HttpRequest, thread_id: int, since: int) -> history.Changes:
    """In the order of `version`. Where it is not `complete`, load the thread afresh."""
    found = history.changes(person_of(request), thread_id, since)
    counters.changes.labels(str(found.complete).lower()).inc()
    return found


@router.post("/{int:thread_id}/read", response={200: ReadMark, **REFUSALS}, summary="Mark as read")
def mark_read(request: HttpRequest, thread_id: int, mark: ReadMark) -> ReadMark:
    """The mark as it is now: it never goes back, nor beyond the last message."""
    return ReadMark(seq=actions.mark_read(person_of(request), thread_id, mark.seq))
