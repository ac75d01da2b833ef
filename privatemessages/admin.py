"""For looking only: what is kept is written by `actions` alone.

Members are shown within their thread. Had they a page of their own, Django would refuse to delete
a person because nobody may delete members here.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .models import Member, Message, Thread

COUNT_LIMIT = 10_000  # rows; nobody turns more pages, and counting all would take seconds
TEXT_SHOWN = 80  # characters in a list


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    @cached_property
    def count(self) -> int:
        return cast("QuerySet[Any]", self.object_list)[:COUNT_LIMIT].count()


class LookingOnly:
    """Nothing is added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MemberInline(LookingOnly, admin.TabularInline):  # type: ignore[type-arg]  # likewise
    model = Member
    fields = readonly_fields = ("user", "joined_at", "left_at", "read_seq", "sent_count")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("user")


class ListAdmin(LookingOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # likewise
    """A list that costs the same however long the table is."""

    ordering = ("-id",)
    sortable_by = ()
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False


@admin.register(Thread)
class ThreadAdmin(ListAdmin):
    list_display = ("id", "kind", "people", "version", "text_count", "last_message_at")
    fields = readonly_fields = (
        "kind",
        "version",
        "text_count",
        "last_message_at",
        "created_at",
    )
    inlines = (MemberInline,)
    search_help_text = _("The number of a thread, or the beginning of a member's name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thread]:
        members = Member.objects.select_related("user").order_by("id")
        return super().get_queryset(request).prefetch_related(Prefetch("members", members))

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return ["=id", f"^members__user__{get_user_model().USERNAME_FIELD}"]

    @admin.display(description=_("people"))
    def people(self, thread: Thread) -> str:
        return ", ".join(str(member.user) for member in thread.members.all())


@admin.register(Message)
class MessageAdmin(ListAdmin):
    list_display = ("thread_id", "seq", "sender", "beginning", "sent_at")
    list_display_links = ("beginning",)
    list_select_related = ("sender",)
    search_help_text = _("The number of a thread, or the beginning of the sender's name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("sender", "thread")

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return ["=thread__id", f"^sender__{get_user_model().USERNAME_FIELD}"]

    @admin.display(description=_("text"))
    def beginning(self, message: Message) -> str:
        return Truncator(message.text).chars(TEXT_SHOWN)
