"""The places of people in conversations, from when to when, and what they may do there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import MemberQuerySet
from ..roles import Role
from .messages import Message
from .threads import Thread

# What was spoken so shortly before they came may still reach newcomers live. Their history shows it
# too, so that what they saw does not go away.
JUST_BEFORE = timedelta(seconds=1)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)  # until when somebody is muted for good


class Member(models.Model):
    """A person's place in a thread. Kept, with its end, when the person leaves.

    Who comes back has the same row, and the earlier time becomes a Stay.
    """

    class Roles(models.TextChoices):
        OWNER = Role.OWNER.value, _("owner")
        MODERATOR = Role.MODERATOR.value, _("moderator")
        MEMBER = Role.MEMBER.value, _("member")

    thread = models.ForeignKey(
        Thread,
        models.CASCADE,
        verbose_name=_("thread"),
        related_name="members",
        db_index=False,  # a constraint's index begins with it
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("person"),
        related_name="+",
    )
    role = models.CharField(_("role"), max_length=10, choices=Roles, default=Roles.MEMBER)
    joined_at = models.DateTimeField(_("joined at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    # From when to when this person may read and not write. Both or neither.
    muted_at = models.DateTimeField(_("muted at"), null=True, blank=True)
    muted_until = models.DateTimeField(_("muted until"), null=True, blank=True)
    # What the history holds up to this number was written before they came, and is not theirs.
    since_seq = models.PositiveBigIntegerField(_("sees from"), default=0, editable=False)
    unseen_count = models.PositiveBigIntegerField(
        _("messages before that"), default=0, editable=False
    )
    read_seq = models.PositiveBigIntegerField(_("read up to"), default=0)
    sent_count = models.PositiveBigIntegerField(_("messages sent"), default=0, editable=False)
    # What this person alone chose: to be reminded of the thread, and to hear no bell for it.
    marked_unread_at = models.DateTimeField(_("marked as unread at"), null=True, blank=True)
    is_silent = models.BooleanField(_("silent"), default=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="privatemessages_member_once"),
        ]
        indexes = [
            # The members of a page, and who takes over when the last owner leaves.
            models.Index(fields=["thread", "left_at", "joined_at"], name="privatemessages_present"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.thread_id}"

    def is_muted_at(self, moment: datetime) -> bool:
        if self.muted_at is None or self.muted_until is None:
            return False
        return self.muted_at <= moment < self.muted_until

    def sees(self, message: Message) -> bool:
        """As MessageQuerySet.visible has it; the thread is read already."""
        if message.seq <= max(self.since_seq, self.thread.cleared_seq):
            return False
        if not self.since_seq or message.sender_id == self.user_id:
            return True
        return message.sent_at >= self.joined_at - JUST_BEFORE


class Stay(models.Model):
    """An earlier time for which somebody belonged, before they left and came back.

    What was spoken then may still be on its way to the database.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="stays")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.joined_at} to {self.left_at}"
