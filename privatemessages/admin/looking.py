"""Lists and rows that cost the same however much there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.functional import cached_property

COUNT_LIMIT = 10_000  # rows; nobody turns more pages, and counting all would take seconds
ROWS_SHOWN = 100  # within the page of a thread


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


class ListAdmin(LookingOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # likewise
    ordering = ("-id",)
    sortable_by = ()
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count every row for each filter
    search_fields = ("id",)  # so that there is a field; what is searched is `meant`
    meant: Callable[[str], Q]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(self.meant(term)) if term else queryset), False


class FirstRows(BaseInlineFormSet):  # type: ignore[type-arg]  # likewise
    """Each row is a form, and a room has thousands of members."""

    def get_queryset(self) -> QuerySet[Any]:
        return self._first

    @cached_property
    def _first(self) -> QuerySet[Any]:
        return super().get_queryset()[:ROWS_SHOWN]


class RowsOfThread(LookingOnly, admin.TabularInline):  # type: ignore[type-arg]  # likewise
    formset = FirstRows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user")
