"""What is kept. Thin on purpose: `actions` writes it, `history` reads it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .names import NAME_LIMIT, SLUG_LIMIT, TOPIC_LIMIT
from .querysets import BanQuerySet, MemberQuerySet, MessageQuerySet, ThreadQuerySet
from .roles import ADMINISTER, Act, Role

REASON_LIMIT = 250  # characters
PERSON_LIMIT = 150  # characters of a shown name that a record keeps
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)  # until when somebody is muted for good
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
        return message.sent_at >= self.joined_at


class Stay(models.Model):
    """An earlier time for which somebody belonged, before they left and came back.

    What was spoken then may still be on its way to the database.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="stays")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.joined_at} to {self.left_at}"


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


class Ban(models.Model):
    """Keeps somebody out; `until` is None for ever. One that is over is as good as none."""

    thread = models.ForeignKey(
        Thread,
        models.CASCADE,
        related_name="bans",
        db_index=False,  # likewise
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
        db_index=False,  # likewise
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
