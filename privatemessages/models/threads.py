"""Conversations: pairs, groups and rooms."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..names import NAME_LIMIT, SLUG_LIMIT, TOPIC_LIMIT
from ..querysets import ThreadQuerySet
from ..roles import ADMINISTER

DIRECT_KEY_LENGTH = 64  # characters: a SHA-256 in hexadecimal, however long the primary keys are


class Thread(models.Model):
    """A conversation. `version` counts its durable changes and is changed under its row lock."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("direct")
        GROUP = "group", _("group")
        ROOM = "room", _("room")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DIRECT)
    direct_key = models.CharField(  # noqa: DJ001 - unique, except for threads that are no pair
        _("pair"), max_length=DIRECT_KEY_LENGTH, null=True, editable=False
    )
    title = models.CharField(_("title"), max_length=NAME_LIMIT, blank=True)
    slug = models.CharField(  # noqa: DJ001 - unique, except for threads that are no room
        _("address"), max_length=SLUG_LIMIT, null=True, editable=False
    )
    topic = models.CharField(_("topic"), max_length=TOPIC_LIMIT, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    shows_past = models.BooleanField(_("newcomers see what was written before"), default=False)
    member_count = models.PositiveIntegerField(_("members"), default=0, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    # The history up to this number is nobody's any more.
    cleared_seq = models.PositiveBigIntegerField(_("cleared up to"), default=0, editable=False)
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
        permissions = [
            (ADMINISTER.partition(".")[2], _("Can administer every group and room")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["direct_key"], name="privatemessages_thread_pair"),
            models.UniqueConstraint(fields=["slug"], name="privatemessages_thread_slug"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.kind} {self.pk}"
