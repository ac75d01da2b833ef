"""What is asked of threads, members and messages, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, When

from . import people
from .protocol import BIGGEST_NUMBER

if TYPE_CHECKING:
    from .models import Ban, Member, Message, Thread  # noqa: F401 - named in strings below

PROBE_KEY = "probe "  # with which the `direct_key` of a probe's thread begins; no pair's does

Identity = tuple[int, Any, UUID]  # thread id, the sender's primary key, the id that they chose


class ThreadQuerySet(models.QuerySet["Thread"]):
    def locked(self, thread_ids: Iterable[int]) -> ThreadQuerySet:
        """In the order of their ids, so that two who lock several never wait for each other.

        `no_key`, so that whoever only refers to a thread need not wait.
        """
        return self.filter(id__in=thread_ids).order_by("id").select_for_update(no_key=True)

    def existing(self, thread_id: int) -> Thread | None:
        """One that was not deleted."""
        if thread_id > BIGGEST_NUMBER:
            return None
        return self.filter(pk=thread_id, deleted_at=None).first()

    def rooms(self) -> ThreadQuerySet:
        return self.filter(kind="room", deleted_at=None)


class MemberQuerySet(models.QuerySet["Member"]):
    def present(self) -> MemberQuerySet:
        return self.filter(left_at=None)

    def of(self, user_id: Any) -> MemberQuerySet:
        """This person's places in the threads in which they are now."""
        return self.present().filter(user_id=user_id)

    def partners_of(self, user_id: Any) -> MemberQuerySet:
        """The places of those with whom this person talks in pairs."""
        threads = self.of(user_id).filter(thread__kind="direct").values("thread")
        return self.present().filter(thread__in=threads).exclude(user_id=user_id)

    def in_thread(self, thread_id: int) -> MemberQuerySet:
        """Nobody where the number is larger than the database can compare."""
        return self.filter(thread_id=thread_id) if thread_id <= BIGGEST_NUMBER else self.none()

    def among(self, thread_ids: Iterable[int], user_ids: Iterable[Any]) -> MemberQuerySet:
        """Their places in these threads, those that ended too."""
        return self.filter(thread_id__in=thread_ids, user_id__in=user_ids)

    def may_post(self) -> Case:
        """Of an outer row, apart from a mute: the thread is open.

        In a direct one, somebody else is there, and active, to read what is written.
        """
        others = self.present().filter(people.active("user"), thread=OuterRef("thread"))
        partner = Exists(others.exclude(user=OuterRef("user")))
        return Case(
            When(thread__kind="direct", then=partner),
            default=ExpressionWrapper(Q(thread__closed_at=None), models.BooleanField()),
            output_field=models.BooleanField(),
        )


class MessageQuerySet(models.QuerySet["Message"]):
    def in_order(self) -> MessageQuerySet:
        return self.order_by("seq")

    def newest_first(self) -> MessageQuerySet:
        return self.order_by("-seq")

    def visible(
        self, user_id: Any, thread_id: int, floor: int, since: datetime | None
    ) -> MessageQuerySet:
        """To somebody whose history begins behind `floor`; with all that a shape needs.

        What others spoke before `since` may have been stored behind the floor.
        """
        found = self.filter(thread_id=thread_id, seq__gt=floor).select_related("sender", "about")
        return found if since is None else found.filter(Q(sent_at__gte=since) | Q(sender=user_id))

    def resembling(self, identities: Collection[Identity]) -> MessageQuerySet:
        """A few more than those of these identities: each part is among theirs, taken alone."""
        return self.filter(
            thread_id__in={thread for thread, _, _ in identities},
            sender_id__in={sender for _, sender, _ in identities},
            uuid__in={uuid for _, _, uuid in identities},
        )


class BanQuerySet(models.QuerySet["Ban"]):
    def in_force(self, now: datetime) -> BanQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=now))
