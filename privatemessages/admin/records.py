"""Who administered what, to whom, when and why."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Record
from ..roles import Act
from .looking import ListAdmin
from .searching import people_called, threads_called

ACTS = {
    Act.ADD: _("added"),
    Act.REMOVE: _("removed"),
    Act.RENAME: _("renamed"),
    Act.SET_TOPIC: _("set the topic"),
    Act.MUTE: _("muted somebody"),
    Act.UNMUTE: _("unmuted somebody"),
    Act.BAN: _("banned"),
    Act.UNBAN: _("unbanned"),
    Act.APPOINT: _("gave a role"),
    Act.CONFIGURE: _("configured"),
    Act.CLEAR: _("cleared the history"),
    Act.CLOSE: _("closed"),
    Act.REOPEN: _("reopened"),
    Act.DELETE: _("deleted"),
}


class ActFilter(admin.SimpleListFilter):
    title = _("act")
    parameter_name = "act"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Record]
    ) -> list[tuple[str, str]]:
        return [(act.value, str(name)) for act, name in ACTS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Record]) -> QuerySet[Record]:
        return queryset.filter(act=self.value()) if self.value() in ACTS else queryset


@admin.register(Record)
class RecordAdmin(ListAdmin):
    """The filters cost an index each; a hierarchy of dates would group every row."""

    list_display = (
        *("made_at", "actor_name", "acted", "person_name"),
        *("thread_title", "detail", "reason", "until"),
    )
    list_filter = (ActFilter, "made_at")
    fields = readonly_fields = (
        *("made_at", "actor", "actor_name", "acted", "person", "person_name"),
        *("thread", "thread_title", "detail", "reason", "until"),
    )
    search_help_text = _(
        "The number of a thread, its title or address, or the beginning of somebody's name"
    )

    def meant(self, term: str) -> Q:
        """Also as they were called then: a record outlives them, and there are not many records."""
        people = people_called(term)
        concerned = Q(actor_id__in=people) | Q(person_id__in=people)
        as_called = Q(actor_name__istartswith=term) | Q(person_name__istartswith=term)
        where = Q(thread_id__in=threads_called(term)) | Q(thread_title__icontains=term)
        return concerned | as_called | where

    @admin.display(description=_("act"))
    def acted(self, record: Record) -> str:
        return str(ACTS[Act(record.act)])
