"""What a group or room is called, what of it is open, and its end."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from .. import names
from ..errors import Forbidden
from ..models import Ban, EntryRequest, Member, Message, Thread
from ..roles import Act
from . import chronicle
from .authority import authorise
from .purging import purge_later
from .rooms import save_name
from .telling import tell


def rename(person: AbstractBaseUser, thread_id: int, title: str) -> None:
    """A room's address follows its name.

    Raises NotFound, Forbidden, BadName, NameTooLong and NameTaken.
    """
    title = names.clean_name(title)
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.RENAME)
        thread = authority.thread
        if thread.title == title:
            return
        chronicle.record(authority, Act.RENAME, detail=title)
        thread.title = title
        if thread.kind == Thread.Kind.ROOM:
            thread.slug = names.slug_of(title)
        save_name(thread)
        entry = chronicle.enter(thread, person, Message.Event.RENAMED, value=title)
        tell([entry, chronicle.thread_changed(thread)])


def set_topic(person: AbstractBaseUser, thread_id: int, topic: str) -> None:
    """An empty one takes it away. Raises NotFound, Forbidden, BadName and NameTooLong."""
    topic = names.clean_topic(topic)
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.SET_TOPIC)
        thread = authority.thread
        if thread.topic == topic:
            return
        thread.topic = topic
        chronicle.record(authority, Act.SET_TOPIC, detail=topic)
        entry = chronicle.enter(thread, person, Message.Event.TOPIC, value=topic)
        tell([entry, chronicle.thread_changed(thread)])


def configure(
    person: AbstractBaseUser,
    thread_id: int,
    *,
    is_public: bool | None = None,
    shows_past: bool | None = None,
) -> None:
    """What is None stays as it is. Raises NotFound, and Forbidden; only a room can be public."""
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.CONFIGURE)
        thread = authority.thread
        if is_public is not None and thread.kind != Thread.Kind.ROOM:
            raise Forbidden
        before = (thread.is_public, thread.shows_past)
        thread.is_public = thread.is_public if is_public is None else is_public
        thread.shows_past = thread.shows_past if shows_past is None else shows_past
        if (thread.is_public, thread.shows_past) == before:
            return
        thread.save()
        if thread.is_public:
            EntryRequest.objects.filter(thread=thread).delete()
        chronicle.record(authority, Act.CONFIGURE, detail=_configuration(thread))
        tell([chronicle.thread_changed(thread)])


def _configuration(thread: Thread) -> str:
    return f"public={thread.is_public} shows_past={thread.shows_past}"


def clear_history(person: AbstractBaseUser, thread_id: int) -> None:
    """For everybody, and for good unless KEEP_CLEARED. Raises NotFound and Forbidden."""
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.CLEAR)
        thread = authority.thread
        _hide_history(thread)
        chronicle.record(authority, Act.CLEAR)
        entry = chronicle.enter(thread, person, Message.Event.CLEARED)
        # The frame comes first: a client drops what was there, and then shows who did it.
        tell([chronicle.thread_changed(thread), entry])
    purge_later(thread)


def _hide_history(thread: Thread) -> None:
    thread.cleared_seq = thread.version
    thread.text_count = 0
    thread.last_message = None
    Member.objects.filter(thread=thread).update(sent_count=0, unseen_count=0)


def close_thread(person: AbstractBaseUser, thread_id: int) -> None:
    """It can be read, and nobody may write. Raises NotFound and Forbidden."""
    _set_closed(person, thread_id, Act.CLOSE, Message.Event.CLOSED)


def reopen_thread(person: AbstractBaseUser, thread_id: int) -> None:
    """Raises NotFound and Forbidden."""
    _set_closed(person, thread_id, Act.REOPEN, Message.Event.REOPENED)


def _set_closed(person: AbstractBaseUser, thread_id: int, act: Act, event: Message.Event) -> None:
    closes = act == Act.CLOSE
    with transaction.atomic():
        authority = authorise(person, thread_id, act)
        thread = authority.thread
        if closes == (thread.closed_at is not None):
            return
        thread.closed_at = timezone.now() if closes else None
        chronicle.record(authority, act)
        entry = chronicle.enter(thread, person, event)
        tell([entry, chronicle.thread_changed(thread)])


def delete_thread(person: AbstractBaseUser, thread_id: int) -> None:
    """Nobody belongs any more, and a room's name is free again. Raises NotFound and Forbidden."""
    with transaction.atomic():
        authority = authorise(person, thread_id, Act.DELETE)
        thread = authority.thread
        chronicle.record(authority, Act.DELETE)
        _hide_history(thread)
        _dismiss_everybody(thread)
        thread.deleted_at = thread.closed_at = timezone.now()
        thread.slug = None
        thread.version += 1
        thread.save()
        tell([chronicle.thread_changed(thread)])
    purge_later(thread)


def _dismiss_everybody(thread: Thread) -> None:
    Member.objects.present().filter(thread=thread).update(left_at=timezone.now())
    thread.member_count = 0
    Ban.objects.filter(thread=thread).delete()
    EntryRequest.objects.filter(thread=thread).delete()
