"""Conversations, and within each who belongs to it and who is kept out."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..models import Ban, Member, Thread
from ..querysets import PROBE_KEY
from ..roles import Role
from .looking import ROWS_SHOWN, ListAdmin, RowsOfThread
from .searching import people_called, threads_called


class MemberInline(RowsOfThread):
    """Who is there now comes first, in the order of their rank."""

    model = Member
    verbose_name_plural = format_lazy(_("members, the first {limit}"), limit=ROWS_SHOWN)
    fields = readonly_fields = (
        *("user", "role", "joined_at", "left_at"),
        *("muted_at", "muted_until", "read_seq", "sent_count"),
    )
    ordering = (
        F("left_at").desc(nulls_first=True),
        Case(
            When(role=Role.OWNER, then=Value(0)),
            When(role=Role.MODERATOR, then=Value(1)),
            default=Value(2),
        ),
        "joined_at",
        "id",
    )


class BanInline(RowsOfThread):
    """Also those that are over."""

    model = Ban
    verbose_name_plural = format_lazy(_("bans, the latest {limit}"), limit=ROWS_SHOWN)
    fields = readonly_fields = ("user", "made_at", "until", "reason")
    ordering = ("-made_at", "-id")


@admin.register(Thread)
class ThreadAdmin(ListAdmin):
    list_display = (
        *("id", "kind", "called", "member_count", "text_count"),
        *("last_message_at", "closed_at", "deleted_at"),
    )
    fields = readonly_fields = (
        *("kind", "title", "slug", "topic", "is_public", "shows_past"),
        *("member_count", "text_count", "version", "cleared_seq"),
        *("created_at", "last_message_at", "closed_at", "deleted_at"),
    )
    inlines = (MemberInline, BanInline)
    search_help_text = _(
        "The number of a thread, its title or address, or the beginning of a member's name"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thread]:
        pairs = Member.objects.filter(thread__kind=Thread.Kind.DIRECT).select_related("user")
        pairs = pairs.order_by("id")
        threads = super().get_queryset(request).exclude(direct_key__startswith=PROBE_KEY)
        return threads.prefetch_related(Prefetch("members", pairs))

    def meant(self, term: str) -> Q:
        places = Member.objects.filter(user_id__in=people_called(term))
        return Q(id__in=threads_called(term)) | Q(id__in=places.values("thread"))

    @admin.display(description=_("title"))
    def called(self, thread: Thread) -> str:
        """Two people have no title."""
        return thread.title or ", ".join(str(member.user) for member in thread.members.all())
