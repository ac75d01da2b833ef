"""What is said, and what happened, in one history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..querysets import MessageQuerySet
from .threads import Thread


class Message(models.Model):
    """One entry of a history. `seq` is the thread's version when it was stored, for ever."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        ACTION = "action", _("action")  # "/me waves"
        EVENT = "event", _("event")

    class Event(models.TextChoices):
        """What happened to the thread; `text` holds the new title, topic or role."""

        CREATED = "created", _("created")
        JOINED = "joined", _("joined")
        ADDED = "added", _("added")
        LEFT = "left", _("left")
        REMOVED = "removed", _("removed")
        BANNED = "banned", _("banned")
        APPOINTED = "appointed", _("appointed")
        RENAMED = "renamed", _("renamed")
        TOPIC = "topic", _("topic")
        CLEARED = "cleared", _("cleared")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        # In the place of a text, when the account of who wrote it was erased with all of theirs.
        ERASED = "erased", _("erased")

    thread = models.ForeignKey(
        Thread,
        models.CASCADE,
        verbose_name=_("thread"),
        related_name="messages",
        db_index=False,  # a constraint's index begins with it
    )
    seq = models.PositiveBigIntegerField(_("number"))
    version = models.PositiveBigIntegerField(_("version"))
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("sender"),
        null=True,
        related_name="+",
    )
    uuid = models.UUIDField(_("id chosen by the sender"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    event = models.CharField(_("event"), max_length=10, choices=Event, blank=True)
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("about"),
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # nearly always empty, so it has a narrower one below
    )
    text = models.TextField(_("text"))
    sent_at = models.DateTimeField(_("sent at"))
    reply_to = models.PositiveBigIntegerField(_("answers number"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["thread", "seq"], name="privatemessages_message_seq"),
            models.UniqueConstraint(
                fields=["thread", "sender", "uuid"], name="privatemessages_message_identity"
            ),
        ]
        indexes = [
            models.Index(fields=["thread", "version"], name="privatemessages_version"),
            models.Index(
                fields=["about"], name="privatemessages_about", condition=Q(about__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} of {self.thread_id}"
