"""What is kept. Thin on purpose: `actions` writes it, `history` reads it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .querysets import MemberQuerySet, MessageQuerySet, ThreadQuerySet

DIRECT_KEY_LENGTH = 64  # characters: a SHA-256 in hexadecimal, however long the primary keys are


class Thread(models.Model):
    """A conversation. `version` counts its durable changes and is changed under its row lock."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("direct")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DIRECT)
    direct_key = models.CharField(  # noqa: DJ001 - unique, except for threads that are no pair
        _("pair"), max_length=DIRECT_KEY_LENGTH, null=True, editable=False
    )
    version = models.PositiveBigIntegerField(_("version"), default=0, editable=False)
    text_count = models.PositiveBigIntegerField(_("messages"), default=0, editable=False)
    last_message = models.ForeignKey(
        "Message",
        models.SET_NULL,
        verbose_name=_("last message"),
        null=True,
        related_name="+",
        editable=False,
    )
    # Until there is a message: when the thread was made. So it has its place in the inbox.
    last_message_at = models.DateTimeField(
        _("last message at"), default=timezone.now, editable=False
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = [
            models.UniqueConstraint(fields=["direct_key"], name="privatemessages_thread_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Member(models.Model):
    """A person's place in a thread. Kept, with its end, when the person leaves."""

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
    joined_at = models.DateTimeField(_("joined at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    read_seq = models.PositiveBigIntegerField(_("read up to"), default=0)
    sent_count = models.PositiveBigIntegerField(_("messages sent"), default=0, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="privatemessages_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.thread_id}"


class Message(models.Model):
    """One entry of a history. `seq` is the thread's version when it was stored, for ever."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")

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
        ]

    def __str__(self) -> str:
        return f"{self.seq} of {self.thread_id}"
