"""Conversations: the inbox, one thread, and what becomes of it."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from ninja import Body, Router, Status

from .. import actions, history, openings
from ..errors import Malformed
from ..models import Thread
from . import whom
from .shapes import REFUSALS, NewDirect, NewGroup, NewThread, ThreadChange
from .signed_in import person_of

router = Router(tags=["threads"])


@router.get("", response={200: history.InboxPage, **REFUSALS}, summary="The inbox")
def list_threads(
    request: HttpRequest,
    limit: int = history.PAGE_SIZE,
    before: str | None = None,
    query: str = "",
    unread: bool = False,
) -> history.InboxPage:
    """Threads by their last message; `before` is the `next` of the page before this one.

    `query` is a part of a title, or how a name begins; `unread`: only those to be read.
    """
    return history.inbox(person_of(request), limit=limit, before=before, query=query, unread=unread)


@router.post(
    "",
    response={200: history.ThreadCard, 201: history.ThreadCard, **REFUSALS},
    summary="Start a thread, or find it",
)
def start_thread(request: HttpRequest, wanted: Body[NewThread]) -> Status[history.ThreadCard]:
    """201 when it was made, 200 when these two had one already."""
    person = person_of(request)
    thread, made = _start(person, wanted)
    return Status(201 if made else 200, history.thread(person, thread.id))


def _start(person: AbstractBaseUser, wanted: NewThread) -> tuple[Thread, bool]:
    if isinstance(wanted, NewDirect):
        return actions.start_direct_thread(person, whom.one(wanted))
    if isinstance(wanted, NewGroup):
        people, past = whom.all_of(wanted), wanted.shows_past
        return actions.make_group(person, wanted.title, people, shows_past=past), True
    room = actions.make_room(
        person,
        wanted.title,
        topic=wanted.topic,
        is_public=wanted.public,
        shows_past=wanted.shows_past,
    )
    return room, True


@router.get(
    "/{int:thread_id}", response={200: history.ThreadCard, **REFUSALS}, summary="One thread"
)
def show_thread(request: HttpRequest, thread_id: int) -> history.ThreadCard:
    return history.thread(person_of(request), thread_id)


@router.get(
    "/{int:thread_id}/opening",
    response={200: openings.Opening, **REFUSALS},
    summary="What is shown first of it",
)
def open_thread(request: HttpRequest, thread_id: int, at: int | None = None) -> openings.Opening:
    """At the first unread message, else at the newest; or around the `seq` `at`, there or not."""
    return openings.with_commands(history.opening(person_of(request), thread_id, at=at))


@router.patch(
    "/{int:thread_id}",
    response={204: None, **REFUSALS},
    summary="Change its name, topic or settings",
)
def change_thread(request: HttpRequest, thread_id: int, change: ThreadChange) -> Status[None]:
    """All of it, or nothing."""
    if change == ThreadChange():
        raise Malformed("Nothing is to be changed.")
    with transaction.atomic():
        _change(person_of(request), thread_id, change)
    return Status(204, None)


def _change(person: AbstractBaseUser, thread_id: int, change: ThreadChange) -> None:
    if change.title is not None:
        actions.rename(person, thread_id, change.title)
    if change.topic is not None:
        actions.set_topic(person, thread_id, change.topic)
    if change.public is not None or change.shows_past is not None:
        actions.configure(person, thread_id, is_public=change.public, shows_past=change.shows_past)


@router.post(
    "/{int:thread_id}/close",
    response={204: None, **REFUSALS},
    summary="Let nobody write there any more",
)
def close_thread(request: HttpRequest, thread_id: int) -> Status[None]:
    actions.close_thread(person_of(request), thread_id)
    return Status(204, None)


@router.post(
    "/{int:thread_id}/reopen", response={204: None, **REFUSALS}, summary="Take the closing back"
)
def reopen_thread(request: HttpRequest, thread_id: int) -> Status[None]:
    actions.reopen_thread(person_of(request), thread_id)
    return Status(204, None)


@router.post(
    "/{int:thread_id}/clear",
    response={204: None, **REFUSALS},
    summary="Take its history away from everybody",
)
def clear_history(request: HttpRequest, thread_id: int) -> Status[None]:
    actions.clear_history(person_of(request), thread_id)
    return Status(204, None)


@router.post("/{int:thread_id}/leave", response={204: None, **REFUSALS}, summary="Leave")
def leave(request: HttpRequest, thread_id: int) -> Status[None]:
    """The last owner hands over to whoever has been a moderator, else a member, for longest."""
    actions.leave(person_of(request), thread_id)
    return Status(204, None)


@router.delete("/{int:thread_id}", response={204: None, **REFUSALS}, summary="Delete the thread")
def delete_thread(request: HttpRequest, thread_id: int) -> Status[None]:
    actions.delete_thread(person_of(request), thread_id)
    return Status(204, None)
