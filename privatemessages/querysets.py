"""What is asked of threads, members and messages, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from . import people
from .protocol import BIGGEST_NUMBER

if TYPE_CHECKING:
    from .models import Member, Message, Thread  # noqa: F401 - named in strings below

Identity = tuple[int, Any, UUID]  # thread id, the sender's primary key, the id that they chose


class ThreadQuerySet(models.QuerySet["Thread"]):
    def locked(self, thread_ids: Iterable[int]) -> ThreadQuerySet:
        """In the order of their ids, so that two who lock several never wait for each other.

        `no_key`, so that whoever only refers to a thread need not wait.
        """
        return self.filter(id__in=thread_ids).order_by("id").select_for_update(no_key=True)


class MemberQuerySet(models.QuerySet["Member"]):
    def present(self) -> MemberQuerySet:
        return self.filter(left_at=None)

    def of(self, user_id: Any) -> MemberQuerySet:
        """This person's places in the threads in which they are now."""
        return self.present().filter(user_id=user_id)

    def partners_of(self, user_id: Any) -> MemberQuerySet:
        """The places of the others in the threads in which this person is now."""
        threads = self.of(user_id).values("thread")
        return self.present().filter(thread__in=threads).exclude(user_id=user_id)

    def in_thread(self, thread_id: int) -> MemberQuerySet:
        """Nobody where the number is larger than the database can compare."""
        return self.filter(thread_id=thread_id) if thread_id <= BIGGEST_NUMBER else self.none()

    def among(self, thread_ids: Iterable[int], user_ids: Iterable[Any]) -> MemberQuerySet:
        """Their places in these threads, those that ended too."""
        return self.filter(thread_id__in=thread_ids, user_id__in=user_ids)

    def may_post(self) -> Exists:
        """Of an outer row: somebody else is there, and active, to read what is written."""
        others = self.present().filter(people.active("user"), thread=OuterRef("thread"))
        return Exists(others.exclude(user=OuterRef("user")))


class MessageQuerySet(models.QuerySet["Message"]):
    def in_order(self) -> MessageQuerySet:
        return self.order_by("seq")

    def newest_first(self) -> MessageQuerySet:
        return self.order_by("-seq")

    def with_senders(self) -> MessageQuerySet:
        return self.select_related("sender")

    def resembling(self, identities: Collection[Identity]) -> MessageQuerySet:
        """A few more than those of these identities: each part is among theirs, taken alone."""
        return self.filter(
            thread_id__in={thread for thread, _, _ in identities},
            sender_id__in={sender for _, sender, _ in identities},
            uuid__in={uuid for _, _, uuid in identities},
        )
