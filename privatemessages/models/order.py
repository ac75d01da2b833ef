"""Who is kept out, who asks to be let in, and what was done to keep order."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..names import NAME_LIMIT, TOPIC_LIMIT
from ..querysets import BanQuerySet
from ..roles import Act
from .threads import Thread

REASON_LIMIT = 250  # characters
PERSON_LIMIT = 150  # characters of a shown name that a record keeps


class Ban(models.Model):
    """Keeps somebody out; `until` is None for ever. One that is over is as good as none."""

    thread = models.ForeignKey(
        Thread,
        models.CASCADE,
        related_name="bans",
        db_index=False,  # a constraint's index begins with it
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="+"
    )
    made_at = models.DateTimeField(_("when"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=REASON_LIMIT, blank=True)

    objects = BanQuerySet.as_manager()

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="privatemessages_ban_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.thread_id}"


class EntryRequest(models.Model):
    """Somebody asks to be let into a private room."""

    thread = models.ForeignKey(
        Thread,
        models.CASCADE,
        related_name="entry_requests",
        db_index=False,  # a constraint's index begins with it
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="privatemessages_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} into {self.thread_id}"


class Record(models.Model):
    """Who administered what, to whom, when and why. It outlives the thread and the accounts."""

    thread = models.ForeignKey(
        Thread, models.SET_NULL, verbose_name=_("thread"), null=True, related_name="+"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("by whom"),
        null=True,
        related_name="+",
    )
    actor_name = models.CharField(_("by whom, as they were called"), max_length=PERSON_LIMIT)
    act = models.CharField(_("act"), max_length=20, choices=[(act.value, act.value) for act in Act])
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("to whom"),
        null=True,
        related_name="+",
    )
    person_name = models.CharField(
        _("to whom, as they were called"), max_length=PERSON_LIMIT, blank=True
    )
    thread_title = models.CharField(_("title of the thread"), max_length=NAME_LIMIT, blank=True)
    detail = models.CharField(_("what"), max_length=TOPIC_LIMIT, blank=True)
    reason = models.CharField(_("why"), max_length=REASON_LIMIT, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    made_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("record of administration")
        verbose_name_plural = _("records of administration")
        indexes = [
            # The latest of one act, as the admin lists them.
            models.Index(fields=["act", "id"], name="privatemessages_record_act"),
        ]

    def __str__(self) -> str:
        return f"{self.act} by {self.actor_name}"
